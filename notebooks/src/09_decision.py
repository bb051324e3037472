# %% [markdown]
# # From nine patients to a decision and a better study
#
# **About {{ say 45 }} minutes. Needs:** [Appraise it](08_appraise_it.ipynb). **You leave with:** a few sentences you could say to a
# colleague and to a family, and a sketch of the study you would like to read next.
#
# **Content note.** Some studies on this page counted deaths and lung transplants. They appear as numbers, and some of them are high.
#
# You have read the preview of one letter closely. Now step back. What else has been published? How sure may all of it make us? And
# what could be said, honestly and kindly, to somebody who has to decide?
#
# A few terms again. **Juvenile dermatomyositis (JDM)** is an inflammation of skin and muscle that begins in childhood. **Anti-MDA5** is
# an antibody that often comes with **interstitial lung disease (ILD)**, scarring or inflammation between the air spaces of the lung.
# **Janus kinase (JAK) inhibitors**, tofacitinib among them, block enzymes that pass on signals such as interferon's.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met

# %%
jdm.ask("ST14")

# %%
jdm.ask("ST33")

# %% [markdown]
# ## What would change your mind?
#
# Name it before you look. A mind that has said what would move it is harder to push about.

# %%
jdm.ask("09mind")

# %% [markdown]
# ## The map holds many stories and few comparisons
#
# Below are the reports on JAK inhibitors that were found and read for this course, in children with JDM and in adults
# with anti-MDA5 lung disease. Each has a year, a number of people and a design. The letter is one point among them.

# %%
jdm.explore("09m")

# %% [markdown]
# Filter for children, and the triangles vanish: no report on children has a comparison group. Then look at the results of these reports
# side by side. One word, improved, covers rash, lung scans, and a physician's opinion. This is why the page refuses to
# pool them. An average of different things has no meaning, however narrow its interval.
#
# For adults with a comparison there is one pooled number, and it was published as such. We show it and add nothing, because
# some of the single reports may be inside it already. A systematic review of reports on children ({{ cite JST018 }}) stands in the map too;
# it counts many of the same children again.

# %%
jdm.ask("ST21")

# %%
jdm.ask("ST41")

# %% [markdown]
# ## Some children may be counted twice
#
# Rare diseases are treated in few hospitals, and the same hospitals write again. Here are the groups of reports that this course never
# counts side by side.

# %%
jdm.show("09-overlap")

# %% [markdown]
# The letter describes nine children ({{ cite E05 }}); a multicentre paper with several of the same authors describes many more
# ({{ cite JST002 }}). Nothing that was read says whether children are in both. That is a question for the authors, not a reproach.

# %%
jdm.ask("ST30")

# %%
jdm.ask("ST43")

# %% [markdown]
# ## Adults help, one step removed
#
# The fairest comparisons are in adults. They stand below each other here, with what was compared with what.

# %%
jdm.show("09-adults")

# %% tags=["nbval-check-output"]
print(jdm.value("SRV009", "events"))
print(jdm.value("SRV009", "events_comparator"))
print(jdm.value("SRV010", "hr"))

# %% [markdown]
# The first two lines are the largest of these cohorts, with tofacitinib and then with a calcineurin inhibitor, another drug that calms the
# immune system. They count people who died or needed a lung transplant within {{ say one }} year. The authors then
# **weighted** the cohort: patients who were unlikely to get the drug they got count for more, so that the groups resemble each
# other in everything that was written down. We read only the plain counts. The weighted result is in the paper, and it is
# marked here as not read. CI stands for confidence interval, HR for hazard ratio: the ratio of how fast events happen in two groups.
#
# The top row of the figure compares with earlier patients, and people had to live long enough to be given the drug. The rows come from {{ cite SRV006 }},
# {{ cite SRV007 }}, {{ cite SRV009 }}, {{ cite SRV010 }} and {{ cite SRV011 }}.

# %%
jdm.ask("09b")

# %% [markdown]
# Weighting can balance only what somebody recorded. How much could a reason matter that nobody wrote down?

# %%
jdm.explore("09w")

# %% [markdown]
# A single unrecorded reason need not be huge to move the ratio close to one. That does not show that there was such a reason.
# It shows how sure one has to be that there was none.

# %%
jdm.ask("ST32")

# %%
jdm.ask("CL12")

# %%
jdm.ask("CL05")

# %% [markdown]
# ## The certainty board
#
# Guidance on certainty does not ask whether a study is good. It asks *why* you are less sure: a missing comparison, other patients,
# studies that disagree, few people, or stories that never reached you. Each reason calls for another remedy.

# %%
jdm.ask("09a")

# %% [markdown]
# ## Silence about harm is not safety
#
# The public text of the letter says nothing on harms. Other groups have been counted, and they are not the same children.

# %%
jdm.show("09-harms")

# %%
jdm.ask("CL15")

# %% [markdown]
# The counts come from {{ cite SAF001 }}, {{ cite SAF003 }}, {{ cite SAF005 }} and {{ cite SAF026 }}.
#
# Guidance for this very question is thin. These are the pieces that were read, with the people they speak of: {{ cite GDN001 }},
# {{ cite GDN007 }}, {{ cite GDN016 }} and {{ cite GDN018 }}.

# %%
jdm.show("09-guidance")

# %% [markdown]
# ## Weak evidence still has to be put into words
#
# A decision cannot wait until the evidence is strong. It can be made openly: what is known, what is not, what the
# choices are, and what matters to the child and the family. This page gives no treatment advice; it practises the words.

# %%
jdm.ask("CL16")

# %%
jdm.ask("09c")

# %% [markdown]
# Now the harder listener. A parent hears every word twice. “Only nine” can sound like “your child does not count”, and “promising”
# can sound like a promise.

# %%
jdm.ask("09cf")

# %% [markdown]
# ## Build the study you would like to read
#
# Every weakness you have met in this course has a remedy, and every remedy has a price. Start from a small series and
# change one choice at a time.

# %%
jdm.explore("09d")

# %% [markdown]
# Some rows move with the design and some only with the number of children. A fixed start and everybody counted cost planning, not
# patients. Rare harms need numbers that no single study of a rare disease will reach.

# %%
jdm.ask("09ds")

# %% [markdown]
# Look back at what you named at the beginning. Would it still change your mind most?
#
# ## The last quiz
#
# Twelve questions from the whole course, each with your confidence. You have met them in the lessons, so this is a test of what stayed,
# not of what is new. The replies come at the end, when every question has an answer. Your code decides
# which of two forms you see. Nothing is sent anywhere.

# %%
jdm.quiz("after")

# %% [markdown]
# **Certain and wrong** is the most useful line of your results: it shows what to read again. In {{ say four }} weeks, try
# the short form: in JupyterLab, open a new cell and run `jdm.quiz("delayed")`.
#
# ## Take away
#
# - Many reports are not much evidence when none of them compares, each counts something else, and some may count the same children.
# - Adults can lend a hand, one step removed. Say the step aloud.
# - Weak evidence is a reason for careful words and shared decisions, neither for silence nor for promises.
# - The next study needs a fixed start, everybody counted, a fair comparison and an outcome read blind. Then it needs patience.
#
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
