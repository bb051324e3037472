# %% [markdown]
# # Start here: two clicks and a question
#
# You are about to take apart one short letter about nine children with a rare disease of skin, muscle and lung.
# You need no programming and no statistics to begin. This first page takes about {{ say 10 }} minutes and shows you how every
# other page works.
#
# **Two clicks.** If you see this in JupyterLab, open the **Run** menu at the top and choose **Run All Cells**. The page may jump
# to its end while it runs; scroll back up here. On the app page everything is running already.
#
# {{ notices }}

# %%
import jdm_teach as jdm

# %% [markdown]
# ## A question
#
# Every question looks like this one. Choose an answer, say how sure you are, then press the button. You are asked how sure
# you are *before* you see anything, because being certain and wrong is the most useful thing to find out. “I do not
# know” is always a fair answer. You may change your answer as often as you like; your first one is kept too.

# %%
jdm.ask("00a")

# %% [markdown]
# ## A picture that answers
#
# Some pages hold a small simulator. It stays closed until you have said what you expect: people who predict first
# understand better what they then see. Every slider has a field beside it, so that nothing has to be dragged.

# %%
jdm.explore("00s")

# %% [markdown]
# The bar is an *interval*: the range of true percentages that would not be surprising, given the count. You will meet it
# again on almost every page, because nine children leave a wide one.
#
# ## Keeping your work
#
# Your answers are written to a file next to these pages as soon as you give them, and copied into this browser. A
# service such as Binder forgets everything after about {{ say ten }} idle minutes, so download your record before you leave. You can
# bring it back at any time, as often as you like. It carries a random code of three words and no name.

# %%
jdm.record()

# %%
jdm.join_room()

# %% [markdown]
# The panel just above is for a session in which a group votes together. It sends nothing until you type what stands on the wall.
#
# **Try it now:** download your record, then restore it from the file you have just saved. Nothing changes, and that is the
# point: restoring never overwrites an answer. To print this page, use the print button or your browser's print command.
#
# ## Without a mouse
#
# Everything here works from the keyboard: **Tab** moves to the next control and **Shift + Tab** back, the **arrow keys** move
# inside a group of options, **Space** ticks a box or presses a button, and **Enter** submits. In JupyterLab, press **Escape** to leave a
# cell you are typing in.

# %%
jdm.ask("00b")

# %% [markdown]
# ## Where to go next
#
# | Lesson | Minutes |
# |---|---|
# | [What the letter's preview really says](01_what_the_preview_says.ipynb) | {{ say 30 }} |
# | [A lung disease behind a rash](02_clinical_map.ipynb) | {{ say 35 }} |
# | [From interferon to gene: a JAK-STAT sandbox](03_interferon_to_gene.ipynb) | {{ say 40 }} |
# | [Nine children, honestly described](04_nine_children.ipynb) | {{ say 40 }} |
# | [They improved. Did the drug do it?](05_did_the_drug_do_it.ipynb) | {{ say 45 }} |
# | [The patients who are not in the series](06_missing_patients.ipynb) | {{ say 40 }} |
# | [Risk factors with nine patients](07_risk_factors.ipynb) | {{ say 50 }} |
# | [Appraise it](08_appraise_it.ipynb) | {{ say 45 }} |
# | [From nine patients to a decision and a better study](09_decision.ipynb) | {{ say 45 }} |
#
# **Need help?** Ask the person who leads your session. If a page shows nothing, load it again on the app page. In JupyterLab choose
# **Run**, then **Run All Cells** once more; if that does not help, choose **Kernel**, then **Restart Kernel and Run All Cells**. Your
# answers stay where they are.

# %% [markdown]
# ## A quiz before you begin, if you like
#
# This quiz is optional: twelve questions, about {{ say 12 }} minutes, no preparation. Skip it if you are here for one hour only.
#
# Twelve other questions wait at the end of the course, so that you can compare. Half of all learners begin with one form and half with
# the other; your code decides. The replies to this quiz open after the second one.

# %%
jdm.quiz("before")
