# %% [markdown]
# # A lung disease behind a rash
#
# **About {{ say 35 }} minutes. Needs:** [Start here](00_start_here.ipynb); [the letter's preview](01_what_the_preview_says.ipynb) helps.
# **You leave with:** a clinical map on one page, in which every percentage has its denominator.
#
# The letter is about children with a disease of skin and muscle whose lungs were ill too. This lesson asks how often that
# happens, who counted, and among whom.
#
# A few terms. **Juvenile dermatomyositis (JDM)** is an inflammation of skin and muscle that begins in childhood. **Interstitial lung
# disease (ILD)** is inflammation or scarring between the air spaces. **Anti-MDA5** is an antibody that some children with JDM
# carry; **RP-ILD** is ILD that progresses rapidly. **Computed tomography (CT)** shows the lung in slices. A **{{ say 95% }} confidence
# interval (CI)** is the range of true values that would not be surprising, given the count.
#
# *Content note: some reports below count children who died. They are shown as counts, with care.*

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met

# %%
jdm.ask("CL08")

# %%
jdm.ask("CL10")

# %% [markdown]
# ## A lung can be ill in silence
#
# Here are eight reports as cards. A card shows what was counted and among how many. Below it stand the three lines that decide what
# a percentage means: who is in it, how the lungs were looked at, and what to keep in mind. First, your guess.

# %%
jdm.explore("02a")

# %% [markdown]
# Two of the cards show every child with ILD. That is no finding: those children were chosen *because* they had it. The letter is one of
# them. And a hollow mark or “not seen” is an answer too: it tells you what the report cannot tell.
#
# Silence has a second consequence. If a lung can be ill without a cough, then the share with ILD depends on who was sent for a
# scan. It also depends on what is called ILD.

# %%
jdm.show("02-definitions")

# %% [markdown]
# The first line is worth a pause. The same people were counted twice, once by what was known and once by what tests found ({{ cite LUNGJDM }}).

# %%
jdm.ask("CL03")

# %% [markdown]
# ## Muscle and lung go separate ways
#
# A child who is strong looks well. Is that a reason to leave the lungs for later? One hospital compared children with and without the
# antibody. Sort the findings before you look.

# %%
jdm.ask("02b")

# %%
jdm.show("02-muscle-lung")

# %% [markdown]
# The comparison group was chosen, so the picture shows *contrasts*. It cannot tell how common the antibody is. In words:
#
# - ILD with the antibody: {{ TBT001 }}
# - weakness with the antibody: {{ TBT004 }}

# %%
jdm.ask("CL02")

# %%
jdm.ask("CL01")

# %% [markdown]
# ## One average, or many answers?
#
# A **forest plot** puts one report on each line: a square for the estimate, a bar for its interval. The diamond is the
# **pooled** answer, an average that gives larger reports more weight. The broken line is the **prediction interval**: where a new cohort
# may turn out to lie. **I²** says how much of the spread between reports is more than chance would make.

# %%
jdm.explore("02e")

# %% [markdown]
# Pooling is honest when three things hold. The reports ask the same question. No child is counted twice. And the average
# stands for somebody. For the share with anti-MDA5 this roughly holds, and yet the smaller cohorts show the larger shares. For ILD it does
# not: the reports differ in who was scanned and who was referred. A computer will give an average all the same.
#
# Counting twice is easy to do by accident. Three of the Beijing reports come from one hospital, over overlapping years. Only the largest
# of them may stand in the plot.

# %% [markdown]
# ## Same antibody, two settings
#
# Two large reports ask the same thing and get very different answers about the lung.

# %%
jdm.show("02-settings")

# %%
jdm.ask("02d")

# %% tags=["nbval-check-output"]
for fact in ("COH001", "COH039"):
    print(jdm.value(fact, "rp_ild").says)

# %% [markdown]
# These are the counts of rapid progression, first from the United Kingdom ({{ cite COH001 }}), then from Beijing
# ({{ cite COH039 }}). None among {{ COH001.n }} is not “never”: the interval says how
# much could hide behind it.

# %%
jdm.ask("CL04")

# %% [markdown]
# ## Who counts as having the disease?
#
# Before anything is counted, somebody decides who belongs. For the letter we know this much: {{ E06 }} These criteria date
# from {{ say 1975 }}. Besides the rash they have four items, and all four are about muscle: weakness, enzymes, biopsy, and the
# electromyogram (EMG), which records the muscle's electrical activity ({{ cite BP75 }}).
#
# In {{ say 2017 }} the European and American rheumatology societies (EULAR and ACR) published a score that adds points ({{ cite EULARACR17 }}). Both
# are made for research groups, not for deciding whether to treat a child. The child below is constructed, and none of the nine.

# %%
jdm.explore("02f")

# %%
jdm.show("02-children")

# %% [markdown]
# Child B carries a typical rash, the antibody and lung disease, and meets neither definition. Nothing was overlooked: muscle is what
# Bohan and Peter count. In the score, two of the three skin signs fall just short. A normal biopsy even moves the goal
# further away (child E), because the scale with biopsy asks for more.
#
# Why does the antibody score nothing? Of all the antibodies of this disease only anti-Jo-1 carries points. A score can
# only weigh what was measured in enough of the people it was built from. Whether that is the reason here is our guess, not a
# statement of its authors.
#
# So a series that enters children by such criteria may miss those with the rash and the lung alone. We cannot tell whether that
# happened here: how each of the nine met the criteria is not in the public text.

# %% [markdown]
# ## What is a marker worth?
#
# If silence can hide ILD, a blood test would help. **KL-6** is a protein shed by injured lung lining. For a test, two numbers are
# usually printed. **Sensitivity** is the share of children with the disease who test positive. **Specificity** is
# the share of children without it who test negative. Parents ask something else: my child's test is positive, so how likely is ILD?

# %%
jdm.explore("02c")

# %% [markdown]
# That share is the **predictive value**, and it belongs to the group as much as to the test. Where ILD is common, a positive result
# is nearly always right, and a negative one reassures falsely. Where ILD is rarer, it is the other way round.
#
# The wide band is a second warning. Both numbers come from one study, in which ILD was present in {{ COH045 }}. That leaves few
# without it, and the specificity rests on them alone.

# %%
jdm.ask("CL07")

# %% [markdown]
# ## Where do cut-offs come from?
#
# A cut-off looks like a law of nature. It is a choice. Often somebody tried many values on some patients and kept the best. Tried on the
# same patients, it looks better than it is.

# %%
jdm.show("02-cutoffs")

# %% [markdown]
# Three things to see. The cut-offs for one marker differ several-fold. Healthy children in one laboratory had KL-6 values
# above the cut-off of another, so the numbers of one assay do not travel. And the ferritin cut-offs come from adults, for
# death or rapid progression. The grey bar of children with the antibody lies below nearly all of them.
#
# One cut-off in the table was taken from an earlier cohort and tried on new patients. There the score that uses it did not predict
# death in people with anti-MDA5. That is what testing looks like, and why it is done ({{ cite BMK021 }}).

# %%
jdm.ask("CL06")

# %% [markdown]
# The antibody is a laboratory test too, with its own false alarms.

# %%
jdm.ask("IM13")

# %% [markdown]
# ## Your map

# %%
jdm.show("02-map")

# %% [markdown]
# ## Take away
#
# - Strength and cough say little about the lung. Looking is what finds ILD.
# - A percentage without its denominator, and without who was scanned, is not a fact.
# - Cohorts that disagree are a result. Averaging them away is not an answer.
# - Criteria and cut-offs are choices made on particular patients. Ask which.
#
# ## Sources
#
# By number. Cohorts on the cards and in the forest: {{ cite COH001 }}, {{ cite COH003 }}, {{ cite COH012 }}, {{ cite COH018 }},
# {{ cite COH024 }}, {{ cite COH028 }}, {{ cite COH031 }}, {{ cite COH032 }}, {{ cite COH039 }}, {{ cite COH041 }}, {{ cite COH043 }},
# {{ cite COH075 }}, {{ cite COH076 }}. Cut-offs: {{ cite BMK001 }}, {{ cite BMK002 }}, {{ cite BMK004 }}, {{ cite BMK005 }}, {{ cite BMK011 }},
# {{ cite BMK013 }}, {{ cite BMK014 }}, {{ cite BMK017 }}, {{ cite BMK021 }}, {{ cite BMK023 }}.
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
