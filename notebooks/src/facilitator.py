# %% [markdown]
# # For the person who leads the session
#
# A moderated hour carries the learning; reading alone only prepares it. This page takes you through that hour: choose a sheet, print it,
# rehearse the votes, open a room or collect the records, read the group's answers in {{ say two }} minutes, keep the conclusion.
# You need no statistics and no programming; only a voting room asks for one line to copy. Nothing on this page leaves your machine.
#
# **How to use it.** In JupyterLab choose **Run**, then **Run All Cells**. Everything that can be changed has a field or a button.

# %%
import jdm_teach as jdm

desk = jdm.console()

# %% [markdown]
# ## Choose a sheet and print it
#
# There is a sheet for {{ say 45, 60 and 90 }} minutes. Each block says what happens and who leads it, and on paper also what to do when the network fails.
# Download the sheet and the answer cards, open them in your browser, and print. The sheet fits on {{ say two }} sides of paper.

# %%
desk.sheets()

# %% [markdown]
# ## Read the replies aloud once
#
# Open each question under the sheet. Ask yourself two things: which wrong answer would I have chosen
# myself, and what would I say to somebody who is certain of it? The prompt under each question is the discussion to have between the
# first vote and the second one.
#
# The rule at every vote: a silent vote with confidence, then decide without showing the first result.
#
# | Right at the first vote | What to do |
# |---|---|
# | under {{ say 35% }} | give the hint, vote again |
# | {{ say 35 to 70% }} | discuss in pairs for {{ say two }} minutes, vote again |
# | over {{ say 70% }} | explain in a minute, move on |
#
# In a group of fewer than {{ say ten }} people use counts: discuss when between a third and {{ say two }} thirds are right.
#
# ## Open a room, or collect records
#
# **With a network: open a room.** Type this in a terminal on the machine that is connected to the projector. The room works on that
# machine alone until you add `--lan`; then everybody in the same network can reach it, and the page says so.
#
# `jdm-teach room --sheet 60`
#
# People scan the code on the wall and vote on their phones. Nothing is kept but question, option, confidence and a random browser code.
#
# **Without a network: use the answer cards,** count hands, and write the counts on the sheet.
#
# **With the lessons: collect records.** Ask people to download their record at the end of a lesson and to hand in the file. Sharing is a
# choice. A record carries a random code and no name, and what people wrote in free text is not read here. Put the files into a
# folder named `records` beside this page, and press the button.
#
# ## Read the group in {{ say two }} minutes
#
# Begin with the answers that were certain and not right: these are your discussion. Questions that were right but unsure get a short
# explanation. Questions that were right and sure you may skip. A number of fewer than {{ say five }} people is hidden, together with whatever would
# give it away, so in a small group much stays hidden. That is meant: nobody should be recognised by an answer.

# %%
desk

# %% [markdown]
# A small group describes itself and not the questions. The sentence above each picture says how far a share could move by chance. It is the
# same lesson as in [Nine children, honestly described](04_nine_children.ipynb), and worth saying aloud.
#
# ## Keep the conclusion
#
# Before the time is over, ask the scribe to read one shared sentence to the group. Change it until nobody objects, and keep it here. It
# speaks of the evidence, not of a person, and it is not advice for treating a child.

# %%
desk.conclusion()

# %% [markdown]
# ## After the session
#
# - Ask the questions that needed discussion again at the next meeting. Retrieval after a pause is what makes learning last.
# - Delete the records from the folder when you have read them. For research, ask your ethics committee first.
# - The same numbers as a file for your notes: `jdm-teach merge records`. The questions for your own learning platform:
#   `jdm-teach export --to moodle` or `--to qti`. Each says what the other format cannot carry.
#
# {{ notices }}

# %%
jdm.record()
