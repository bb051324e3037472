# %% [markdown]
# # Appraise it
#
# **About {{ say 45 }} minutes. Needs:** [What the letter's preview really says](01_what_the_preview_says.ipynb) and
# [They improved. Did the drug do it?](05_did_the_drug_do_it.ipynb). **You leave with:** an appraisal in which every answer has
# a reason, and every reason has a line to point to.
#
# In this lesson you appraise the public text of the letter on nine children with juvenile dermatomyositis (JDM), antibodies
# against MDA5 and refractory interstitial lung disease (ILD), treated with an inhibitor of Janus kinases (JAK). To appraise is
# to ask, one question after another, how far a text can be trusted and for what. It is not to mark it.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met
#
# The first decides who is in the series. The second decides what a series can show.

# %%
jdm.ask("CL09")

# %%
jdm.ask("ST09")

# %% [markdown]
# ## Answer first, with a reason
#
# In lesson {{ say 01 }} you guessed how many questions of a checklist the preview can answer. Now you answer them. The checklist
# comes from the Joanna Briggs Institute (JBI) and was made for case series. The questions are in our own words. For
# a review, use the official form; a table further down says where to read more.
#
# Keep the [fact sheet](01_what_the_preview_says.ipynb) open beside this page. Answer before you see what we answered.

# %%
jdm.ask("08a")

# %% [markdown]
# An answer without a reason cannot be checked. If you work with others, exchange reasons now, before anybody changes an answer.

# %%
jdm.ask("08ar")

# %% [markdown]
# ## Compare with the model
#
# This is our appraisal. It has a reason for every answer, and the lines of the fact sheet behind it. The last column says
# what to look for when you hold the full letter.

# %%
jdm.show("08-jbi")

# %% [markdown]
# Two lines carry most of the table:
#
# - {{ E06 }}
# - {{ E21 }}
#
# The second is behind most of the unclear answers. It lists what the *preview* does not show, and not what the authors did
# not do. Only one answer is a yes. It rests on these values:

# %% tags=["nbval-check-output"]
print("Girls:", jdm.value("E09"))
print("Age at onset:", jdm.value("E10"))
print("Age at the start of the JAK inhibitor:", jdm.value("E11"))

# %% [markdown]
# ## Disagree with good reason
#
# The model is one reading, not the truth. Follow a single line, the age at onset, through every tool that asks about it.
# The line stays the same. The answers do not, because the questions differ.

# %%
jdm.show("08-one-line")

# %% [markdown]
# So a different answer can be a good one. It has to name its line, and what would change it.

# %%
jdm.ask("08b")

# %% [markdown]
# ## Tell reporting from trust
#
# Checklists look alike: a column of questions, a column of boxes. They were built for different purposes.
#
# | Tool | In full | Where to read more |
# |---|---|---|
# | CARE | CAse REports, a guideline | {{ cite CARE13 }} |
# | STROBE | Strengthening the Reporting of Observational Studies in Epidemiology | {{ cite STROBE }}, a copy |
# | JBI | checklist of the Joanna Briggs Institute | {{ cite JBI }}, a copy |
# | Murad | the tool of Murad and colleagues | {{ cite MURAD18 }} |
# | NIH | tool of the National Institutes of Health | {{ cite NIH }}, a copy |
# | IHE | checklist of the Institute of Health Economics | {{ cite IHE }}, a copy |
# | CASP | checklists of the Critical Appraisal Skills Programme | {{ cite CASP }}, a copy |
# | ROBINS-I | Risk Of Bias In Non-randomised Studies of Interventions | {{ cite ROBINS }}; {{ cite ROBWEB }} |
# | GRADE | Grading of Recommendations Assessment, Development and Evaluation | {{ cite FHIR }}; {{ cite PAI19 }} |
#
# Where we could only read a copy, look for the official form before you use the tool. We could
# not read the last questions of the IHE list, so they are left out.

# %%
jdm.ask("08c")

# %%
jdm.ask("ST33")

# %% [markdown]
# ## Lay nine tools over one preview
#
# We answered the questions of all these tools from the public text, the same way as you did for one of them. How many could be
# answered in full?

# %%
jdm.explore("08t")

# %% [markdown]
# Two things are worth a second look. A question that can be answered in full is not always a yes: the title can be read to its end,
# and it does not name the design ({{ cite E01 }}). And a tool can be the wrong one. Choose ROBINS-I in the list above: every answer is *not applicable*.

# %%
jdm.ask("ST35")

# %% [markdown]
# Its seven domains still make good questions. Read them as a list of what one would have to know about the children who were
# *not* treated in this way.
#
# ## Look for the threat, not the total
#
# It is tempting to count the yes answers. Here are two constructed series; no real children stand behind them. Count, then
# look at where the gaps are.

# %%
jdm.show("08-two-series")

# %%
jdm.ask("08d")

# %% [markdown]
# How much can a single open question do? That depends on which one it is.

# %%
jdm.explore("08s")

# %% [markdown]
# Each bar shows only the play of chance. The gap between the lowest and the highest count comes on top, and no formula for chance
# contains it. Now choose the open question about the place: the count does not move at all. A total would treat the two alike.

# %%
jdm.ask("ST34")

# %% [markdown]
# ## Talk about certainty without rating
#
# GRADE asks how sure *all* the evidence makes us about one question. Five things can lower certainty: risk of bias, results that
# disagree, evidence that is indirect, imprecision, and reports that were never published. Three can raise it: a very large
# effect, a dose-response pattern, and other causes that would have hidden the effect.
#
# One letter is not a body of evidence, so nothing is rated here. The eight domains serve as headings for a talk. For
# imprecision there is one number to lean on: {{ E09 }}. It is the share of girls and says nothing about the drug. It shows
# how wide any such share of nine remains.

# %%
jdm.explore("08g")

# %% [markdown]
# For a rare disease some of these will stay open for years. Guidance made for that case names four further sources:
# qualitative research, structured observation forms, registries, and indirect evidence used with care ({{ cite PAI19 }}).
# They do not replace a comparison. They make an honest judgement possible while there is none.
# Which of the four would change your mind? Lesson {{ say 09 }} asks you again.

# %%
jdm.ask("ST36")

# %% [markdown]
# ## Take away
#
# - An answer counts when it has a reason, and a reason counts when it has a line.
# - *Unclear* means not visible here. It is a task for the next reader, not a verdict on the authors.
# - Reporting, trust, comparison and certainty are four questions. Know which one your tool asks.
# - Do not add up. Name the largest threat in one sentence, and say what would remove it.
#
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
