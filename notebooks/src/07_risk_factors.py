# %% [markdown]
# # Risk factors with nine patients
#
# **About {{ say 50 }} minutes. Needs:** [Nine children, honestly described](04_nine_children.ipynb). **You leave with:** a table with its
# intervals, and a log of everything that was looked at.
#
# The letter gives two aims: to report nine children with **juvenile dermatomyositis (JDM)** treated with an inhibitor of
# **Janus kinases (JAK)**, and to look for risk factors for a poor response ({{ cite E05 }}). Which factors were looked at, how, and what
# came out is not in the public text ({{ cite E21 }}). So this lesson asks what such a search *can* find among nine. Every table of nine
# below is hypothetical or simulated. The published tables are about other people, and say so.
#
# **Content note.** One section speaks of adults who died.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met

# %%
jdm.ask("ST01")

# %%
jdm.ask("ST46")

# %% [markdown]
# ## One table, worked in full
#
# A risk factor begins as four counts: with or without a feature, and with or without an outcome. Here is a published table ({{ cite TBT001 }}). It compares children
# with JDM who carry the anti-MDA5 antibody with those who do not, and counts **interstitial lung disease (ILD)**. Read it line by line.

# %%
jdm.show("07-worked")

# %% [markdown]
# Two numbers in it look alike and are not. A **risk** divides by everyone in the group. **Odds** divide those with the outcome by those
# without it. When the outcome is rare the two ratios agree. When it is common, the odds ratio runs away ({{ cite DAVIES98 }}).
#
# Now one line is missing. Another outcome, the same children. If you work with such tables every day, answer at once and go on.

# %%
jdm.show("07-one-blank")

# %%
jdm.ask("07a1")

# %% [markdown]
# Now without help, and with nine. The counts are hypothetical. Three exact tests stand in the table under the figure. **Fisher's** takes both totals as fixed.
# **Mid-p** counts only half of the table at hand. **Boschloo's** fixes the two groups alone. With so few children they disagree.

# %%
jdm.explore("07a")

# %% [markdown]
# Move a single child, and the ratio drops to a fraction of itself or becomes infinite. That is what the interval was trying to say.

# %%
jdm.ask("ST04")

# %% [markdown]
# ## What a test can reach, before anyone looks
#
# A **p value** is the chance of a result at least this unusual, if the feature made no difference. With few children there are few possible results,
# so there is a smallest p. It depends on the totals alone. You can know it before the first child is seen.

# %%
jdm.explore("07b")

# %% [markdown]
# Look at the ends. A feature that a single child carries cannot reach {{ say 0.05 }}, whatever happens. Then choose the rank test. A measured marker needs no
# split, so one number holds for every study of this size. It can come near, and it cannot go below.

# %%
jdm.ask("ST45")

# %%
jdm.ask("ST24")

# %% [markdown]
# So a large p from nine children is often the only p on offer. What does it tell?

# %%
jdm.ask("ST02")

# %%
jdm.ask("ST03")

# %% [markdown]
# ## Too good to be estimated
#
# **Logistic regression** is the usual model for a yes-or-no outcome. It reports an odds ratio. There is one thing it cannot bear: a feature
# that foretells the outcome without a miss. This is called **separation**. You can see it in the table, before any model is run.

# %%
jdm.explore("07c")

# %% [markdown]
# One empty cell is **quasi-complete** separation, two across from each other are **complete** separation. Either way the dots climb: each
# larger ratio fits a little better than the one before. Where they stop is a setting of the program. Two methods
# give an answer all the same. **Firth's** method adds a small penalty, which holds the estimate back. The **exact** one goes through every
# way the outcomes could have fallen, and says plainly that there is no upper end.
#
# The penalty is a choice, and the answer leans on it ({{ cite GOSHO23 }}). Read the interval, and take it from the **profile** of the likelihood. It may be
# lopsided, as the truth is here ({{ cite HEINZE02 }}).

# %%
jdm.ask("ST05")

# %%
jdm.ask("ST06")

# %% [markdown]
# ## Separation in real children
#
# This is not a textbook curiosity. One centre gave a JAK inhibitor to {{ JST005.n }} children with JDM, nearly all of them hard to treat
# ({{ cite LeVoyer2021 }}). Clinically inactive disease within six months, by antibody:

# %% tags=["nbval-check-output"]
print("anti-MDA5: ", jdm.value("TBT009"))
print("anti-NXP2: ", jdm.value("TBT011"))
print("anti-TIF1γ:", jdm.value("TBT009", "unexposed"))

# %%
jdm.show("07-antibody")

# %%
jdm.show("07-antibody-models")

# %% [markdown]
# The antibody seems to decide everything. Now read across. In the last line, with two against three, Fisher's test cannot get
# below {{ say 0.1 }}. Firth's interval just touches {{ say 1 }}, the exact one goes well past it. Same children, three readings. None of them is wrong. They differ because
# the data leave so much to the method.
#
# The drugs were ruxolitinib and baricitinib, and lung disease was not the reason to treat. It is a lesson about method. It is not
# evidence on tofacitinib in the lung.
#
# ## Six adults, two markers
#
# One open paper prints its patients one by one: adults with the same antibody and rapidly progressive ILD, whose tofacitinib dose was raised
# ({{ cite Ida2023 }}). Improved: {{ JST023 }}. The others died. **Ferritin** is a protein that stores iron and rises with inflammation. **KL-6** is a sugar-bearing protein shed by damaged lung
# cells. Before you look: what is the best that a test of two against four can do?

# %%
jdm.ask("07r")

# %%
jdm.show("07-adults")

# %% [markdown]
# The two highest ferritin values belong to the two who, as far as can be inferred, died. That is as clear as six people can be, and p stays where you worked it out.
# KL-6 is not even that clear.
#
# Two cautions, both about the rows. Which cases died is *inferred* from short follow-up, and not printed. For ferritin, any other pair of cases would give the same p or a larger one.
# And the table offers {{ say 8 variables at 3 moments }}. Somebody chose to show these two: we did.
#
# ## Hunting markers
#
# Choosing what to show is a kind of hunting. A clinic measures a great deal. Here are markers that were made by a random generator. They have nothing to do with
# anything.

# %%
jdm.explore("07d")

# %% [markdown]
# The table under the figure is a **search log**: each look, in order, with its p. With the log, a reader sees
# one hit among twenty. With only the diamond in print, a reader sees a risk factor.

# %%
jdm.ask("ST15")

# %% [markdown]
# ## One marker, eight cut-offs
#
# A single marker is enough for a hunt. Nine values leave eight places to cut. The first data set below was picked because a cut-off succeeds in
# it. Draw others, and see how often it works.

# %%
jdm.explore("07e")

# %%
jdm.ask("ST27")

# %% [markdown]
# ## Subgroups that only seem to differ
#
# “It worked in slow disease and not in rapid disease.” Such a sentence often rests on two separate tests. Imagine that the drug works equally
# well in both.

# %%
jdm.explore("07f")

# %% [markdown]
# The small subgroup could never be significant, so the verdicts had to differ whenever the large one was. With {{ say 36 or 90 }} children the trap is still there,
# at a lower chance to improve. The last bar is the right question: do the subgroups differ *from each other* ({{ cite BA11 }})?

# %%
jdm.ask("ST20")

# %% [markdown]
# A model with several factors is no way out. It learns from outcomes, and three poor responses are few for one factor, let alone for several.

# %%
jdm.ask("ST26")

# %% [markdown]
# ## A find from a small study is a loud find
#
# Suppose a marker is real. How often would three against six notice? And when they notice, what would they report?

# %%
jdm.explore("07g")

# %% [markdown]
# Only extreme tables reach {{ say 0.05 }}. So the finds of small studies are too large, even with honest authors and a true effect. Enlarge the groups, and
# the two lines move together. For a measured marker the same holds. Here the
# true difference is counted in **standard deviations (SD)** of the marker.

# %%
jdm.show("07-rank-power")

# %%
jdm.ask("ST25")

# %% [markdown]
# ## Ten thousand groups that print like the letter
#
# The lesson on description counted the groups of ages behind the printed means. Could one run the risk-factor analysis on those? One can. Say first
# what will come out.

# %%
jdm.explore("07h")

# %% [markdown]
# The curve never rises above the broken line: it stays on the safe side. That is how any exact test behaves when labels are dealt at random. Switch to the other age: almost nothing changes.
#
# It could not be otherwise. Who responded poorly is not printed, so we had to deal it out. The printed summaries hold no information on any association. A
# machine that turns them into p values is only showing you its own gears.
#
# ## From a factor to a cause
#
# Larger cohorts do exist. One prints an odds ratio with its interval ({{ cite HUNOM23 }}). Choose the wording that survives.

# %%
jdm.ask("ST31")

# %% [markdown]
# ## Your sentence
#
# Table, interval, log. With these three a reader can judge a small search.

# %%
jdm.ask("07t")

# %% [markdown]
# ## Take away
#
# - Work out the smallest p before you look. If it is above the level you set, do not test; describe.
# - Print the four counts, one measure with its interval, and n. An empty cell is named, and not modelled away.
# - Keep a log of every marker, cut-off and subgroup you looked at, and print it.
# - A find among nine is a question for other children, with the marker and its cut-off fixed beforehand.
#
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
