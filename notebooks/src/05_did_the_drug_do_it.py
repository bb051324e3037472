# %% [markdown]
# # They improved. Did the drug do it?
#
# **About {{ say 45 }} minutes. Needs:** [Nine children, honestly described](04_nine_children.ipynb). **You leave with:** a list of rival
# explanations, and what would tell each of them apart from the drug.
#
# The letter is about a **Janus kinase (JAK)** inhibitor, a drug that dampens signals such as interferon's. It was given to nine
# children with **juvenile dermatomyositis (JDM)**, anti-MDA5 antibodies and refractory **interstitial lung disease (ILD)**
# ({{ cite E05 }}, {{ cite E14 }}). How they did afterwards is not in the public text ({{ cite E21 }}). So this lesson asks a question that
# comes before any result: *if* most of them improved, what could lie behind it? Every count of improvement below is hypothetical or simulated.
#
# **Content note.** One question near the end speaks of deaths in an invented registry.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met

# %%
jdm.ask("ST01")

# %%
jdm.ask("CL09")

# %% [markdown]
# ## A drug that does nothing
#
# Imagine a score of disease activity. It is noisy: a cold, a bad night or a different examiner moves it. **Reliability** says how well
# two measurements of the same child agree. At {{ say 1 }} there is no noise, at {{ say 0 }} there is only noise. At {{ say 0.5 }}, half of
# the variation between children is lasting, and half belongs to the moment.
#
# Scores are counted in **standard deviations (SD)** from the average child. In this world a child starts the drug when the score is more
# than {{ say 1 }} SD above average: on a bad day, as happens in life. The drug does nothing at all. Say first what you expect.

# %%
jdm.explore("05a")

# %% [markdown]
# Nobody was treated with anything that works, and yet most scores fell. A score is high for two reasons: the disease is active, and the
# moment is bad. The disease stays. The moment passes. This is **regression to the mean** ({{ cite LINDEN13 }}, {{ cite OST08 }}).
#
# Now try both ends. Set the reliability to {{ say 1 }}: without noise nobody improves. Set it to {{ say 0.9 }}, a good score: still more than
# a coin would give.

# %%
jdm.ask("ST07")

# %% [markdown]
# ## How surprising is a good count?
#
# Take a hypothetical series in which {{ say 7 of 9 }} improve. The lesson before put an interval around such a count. The interval says how
# far the count may be from the true share. It does not say *why* that share is high.

# %%
jdm.ask("ST08")

# %% [markdown]
# ## A stricter entry rule makes a useless drug look better
#
# Doctors often keep a new drug for the children with the most active disease, and for good reasons. Watch what that does to the next score.
# Each point is one invented child, measured twice.

# %%
jdm.explore("05b")

# %% [markdown]
# Points below the line had a lower score next time. When everybody may start, the line cuts the cloud in half. Move the threshold up, and
# you keep the part of the cloud that lies mostly below the line. Asking for a larger fall lowers the share, and the share still rises with the threshold.
#
# *Refractory* is an entry rule too ({{ cite E14 }}), and the public text does not define it.

# %%
jdm.ask("05b")

# %% [markdown]
# How noisy must a score be for this to matter? Less than one would hope. Every curve rises, and the better the score, the flatter its curve.

# %%
jdm.show("05-thresholds")

# %% [markdown]
# ## A test of before and after does not know why
#
# A common next step is a test against baseline: did more scores fall than a coin would explain? The sign test counts directions only. The table
# puts its p value beside the no-effect world. A p value is the chance of a count this uneven or more, if falling and rising were equally likely.

# %%
jdm.show("05-before-after")

# %% [markdown]
# The first line is the one to remember. When {{ say all nine }} scores fall, the sign test is impressed. A useless drug reaches that in about
# {{ say one series of seven }}. The test asks whether scores fell. A comparison group would ask whether they fell *more than they would have*
# ({{ cite BA11 }}).
#
# The next two questions are hypothetical. No such result of the nine children is public.

# %%
jdm.ask("ST28")

# %%
jdm.ask("ST38")

# %% [markdown]
# ## Rivals on a timeline
#
# Bad moments are one rival of the drug. There are others, and each acts at its own time. Here is what the public text gives of the
# timeline, and what it does not.

# %% tags=["nbval-check-output"]
for fact in ("E10", "E11"):
    print(jdm.value(fact))
print(jdm.derived("gap_onset_to_start"))

# %% [markdown]
# There is no last visit in it. {{ E21 }}
#
# The bars below show *when* each lettered statement would act. Which of them could make a useless
# drug look good is for you to say.

# %%
jdm.show("05-timeline")

# %%
jdm.ask("05c")

# %% [markdown]
# ## An add-on drug never comes alone
#
# {{ E12 }} What was it added to, and did that change at the same time? These are the first two things to look up in the full letter.

# %%
jdm.ask("CL11")

# %%
jdm.ask("ST09")

# %% [markdown]
# ## Who gets the drug?
#
# Suppose somebody adds a comparison group: children who were not treated. Does that settle it? Only if treatment was not given for a reason
# that also shapes the outcome. In this invented registry the drug truly helps. Say what you expect to see.

# %%
jdm.explore("05d")

# %% [markdown]
# The drug lowered the risk, and the plain comparison turned it into harm. The children who got it were more ill to begin with. This is
# **confounding by indication** ({{ cite MIDD18 }}). Choose the least ill and a drug that does nothing: it looks
# helpful. Let a coin decide, and the dot finds the truth. That is why trials randomise.
#
# Comparing children of like severity repairs most of it here. It can do so because severity was measured, and because nothing else decided. In a
# real clinic, what made a doctor reach for the drug is often not in the file.

# %%
jdm.ask("ST10")

# %% [markdown]
# Groups that differ before the first tablet are not an invention. Here is a published comparison of adults, tofacitinib with
# tacrolimus. Its authors gave the antibody titres from before treatment in a reply to a letter ({{ cite TBT082 }}).

# %%
jdm.show("05-titres")

# %% [markdown]
# How many had a strong titre, first among those given tofacitinib, then among those given tacrolimus:

# %% tags=["nbval-check-output"]
for group in ("exposed", "unexposed"):
    print(jdm.value("TBT082", group))

# %% [markdown]
# If a strong titre goes with a worse course, the tofacitinib group had a head start. If it does not, this difference matters little. The figure
# alone cannot say which.
#
# ## If most improved, why not credit the drug?
#
# This is the list you take with you. None of the rivals accuses anybody, and none of them says that the drug does not work. Each names something that a
# series of treated children cannot show ({{ cite MURAD18 }}).

# %%
jdm.show("05-rivals")

# %% [markdown]
# For a journal club the answer fits into a few lines. Entry at a bad moment, a disease that rises and falls, other drugs, survivors only, and no
# comparison: each could lie behind improvement. In a world without any effect, with reliability {{ say 0.5 }}, about {{ say 80% }} improve. So improvement
# alone does not separate a drug that works from one that does not.
#
# ## Take away
#
# - Who starts at a bad moment tends to look better next time, with any drug or none.
# - A small p value against baseline says that scores fell. It is silent about the cause.
# - Rivals act before, at and after the start. Ask what would tell each of them apart.
# - When severity decides who is treated, a plain comparison can turn a benefit into harm. [The next lesson](06_missing_patients.ipynb) asks who never
#   reached the start.
#
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
