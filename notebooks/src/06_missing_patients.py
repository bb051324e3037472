# %% [markdown]
# # The patients who are not in the series
#
# **About {{ say 40 }} minutes. Needs:** [They improved. Did the drug do it?](05_did_the_drug_do_it.ipynb) **You leave with:** a person-time
# diagram, and the questions that find out who was never counted.
#
# The letter is about children with **juvenile dermatomyositis (JDM)** and refractory **interstitial lung disease (ILD)**. They were given a
# **Janus kinase (JAK)** inhibitor on top of other treatment ({{ cite E14 }}, {{ cite E12 }}). To be in such a series, a child has to reach
# the start of the drug. This lesson looks at those who do not.
#
# **Content note.** This lesson counts deaths. In the simulators and time lines they are invented. In the figure near the end they are adults in
# published reports, shown as counts. Some of these counts are high. Take a break where you need one.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met

# %%
jdm.ask("ST09")

# %%
jdm.ask("ST23")

# %% [markdown]
# ## A gap between two ages is a time somebody got through
#
# The public text prints two mean ages: at onset, and when the add-on drug began. The difference between them can be worked out. CI stands for
# confidence interval, SD for standard deviation.

# %% tags=["nbval-check-output"]
for fact in ("E10", "E11"):
    print(jdm.value(fact))

# %% [markdown]
# The mean wait of the children in the letter: {{ derived gap_onset_to_start }}
#
# A child who got well, moved away or died during such a wait could not enter the series. Were there such children? The public text does not
# say. Imagine an invented group instead, with a leaving rate we made up.

# %%
jdm.explore("06e")

# %% [markdown]
# Some of those who leave are well again, and some have died. So the missing can make a series look worse or better than the whole group.
# The series alone does not say which.
#
# Did you watch the gap? With one wait for everybody the printed gap stays the same, however many leave. When waits differ, it even gets *shorter*
# as more children leave, because long waits are rarely completed. A printed gap is the wait of those who arrived. It can make you ask who did not. It
# cannot tell how many.

# %%
jdm.ask("ST13")

# %% [markdown]
# ## Paint the time, then count it
#
# Here are three constructed people. Two are treated sooner or later, one never is. Two die, one is alive at the end. Before you count anything,
# decide for each stretch of time whether it belongs to the drug.

# %%
jdm.show("06-lines")

# %%
jdm.ask("06a")

# %% [markdown]
# Now the same lines in their colours. The months and deaths of each colour are in the table under the figure.

# %%
jdm.show("06-painted")

# %% [markdown]
# Months lived, added over everybody, are called **person-time**. Painted this way, treated and untreated time have the same length and {{ say one }} death
# each: the drug makes no difference. Now count by *person*, from diagnosis. The ever treated have {{ say 48 }} months and {{ say one }} death, the
# never treated {{ say 6 }} months and {{ say one }} death. The death rate of the never treated is {{ say eight times }} as high, and nothing has changed but the
# bookkeeping.
#
# The months before a first dose are called **immortal time** when they are credited to the drug ({{ cite LEV10 }}). The name sounds odd. It means that
# whoever is treated later cannot have died in them.

# %%
jdm.ask("ST11")

# %% [markdown]
# ## One death rate, and a table that sees two
#
# Three people are an illustration. Take thousands, give everybody the same death rate, and let the drug do nothing.

# %%
jdm.explore("06b")

# %% [markdown]
# Two ways of counting repair it. Person-time puts each death and each year where it was lived. A **landmark** starts the clock for everybody at one
# date, here at {{ say 6 }} months, and goes by what each person had had by then. It is simple, and it has a price. Early deaths are left out,
# and people who are treated later stay in the untreated group.
#
# Did you let the drug double the death rate? At the first setting the naive table still prefers it.
#
# How often does this happen in print? One group looked at studies of another lung disease ({{ cite ZHENG23 }}).

# %%
jdm.ask("ST12")

# %% [markdown]
# ## A survival curve stands on the people still followed
#
# Before the next simulator, learn to read its picture. A **Kaplan–Meier curve** starts with everybody and steps down at each death. A tick marks a
# person last seen alive at that time. The line of numbers below says how many were still followed.

# %%
jdm.show("06-curve")

# %% [markdown]
# The right end looks like the result of the whole group. It rests on {{ say two }} people. A curve without the numbers below it hides that, so look
# for them first.
#
# ## Three months or not at all
#
# Reports often count only people who took a drug for some time. It sounds careful: how else could the drug have worked? A related study of children in China
# required more than {{ say three }} months ({{ cite JST002 }}). Whether the letter had such a rule is not in the public text ({{ cite E21 }}). Here is an
# invented series with and without the rule.

# %%
jdm.explore("06c")

# %% [markdown]
# The new curve is flat for three months. Nobody counted could have died then, so this is immortal time again, in another dress. After that
# it falls more slowly when some children are frailer: the rule has kept the hardier ones. Make everybody equally frail, and the flat start remains.

# %%
jdm.ask("ST14")

# %%
jdm.ask("ST39")

# %% [markdown]
# ## Earlier patients, or patients of the same years?
#
# Every rival so far would show up in a fair comparison group. Where could one come from? In a rare disease the files of earlier years are near at
# hand. They are called **historical** controls. Children of the same years who did not get the drug are **concurrent** controls.

# %%
jdm.explore("06d")

# %% [markdown]
# With earlier children a drug that does nothing shows a benefit, because everything else got better too. More of them make it worse: the estimate stays
# wrong, and a test becomes surer of it. When care stands still, both groups tell the same.

# %%
jdm.ask("CL17")

# %% [markdown]
# ## Published comparisons, from earlier patients to matched ones
#
# Now to published work. **These are adults, and many of them died.** Each line of the figure is one report on people with anti-MDA5,
# the antibody of the letter. The design gets stricter from top to bottom: earlier patients, patients of one cohort, then patients **matched** to each other
# on what was known about them. One report is about other drugs than JAK inhibitors; it is here for its design. HR is a **hazard ratio**: how fast events
# happen in one group, divided by how fast in the other.

# %%
jdm.show("06-comparisons")

# %%
jdm.show("06-flags")

# %% tags=["nbval-check-output"]
for arm in ("events", "events_comparator"):
    print(jdm.value("SRV006", arm))
print(jdm.value("SRV010", "hr"))

# %% [markdown]
# The first two lines are deaths in the smallest report, with the drug and then among earlier patients. The third is the matched study; CNI stands
# for calcineurin inhibitor, another drug that calms the immune system.
#
# The two lines get closer as the designs get stricter. It is tempting to call that the effect of design. It may be. But the drugs, the people, the
# severity and the outcomes differ as well, and five reports cannot tell these apart. Nor does the matched study show that the drugs are
# useless: its interval runs from much better to much worse. What the page does show is where to look first. Ask from what day people were counted, and who
# could be in each group. The rows are {{ cite SRV006 }}, {{ cite SRV001 }}, {{ cite SRV007 }}, {{ cite SRV009 }} and {{ cite SRV010 }}. The flags add
# {{ cite TBT082 }} and {{ cite WULET }}.

# %%
jdm.ask("06dt")

# %% [markdown]
# ## Take away
#
# - A series holds those who reached its start. Ask how many fell ill, how many started, and how many are counted.
# - Time before the first dose belongs to “not yet treated”. Paint it before you count.
# - A rule such as “at least three months of treatment” takes early deaths and stops out of sight. So does a curve without numbers at risk.
# - More earlier patients make a wrong answer surer. Look for people of the same years, counted from the same moment.
#   [The next lesson](07_risk_factors.ipynb) stays with the nine, and asks what their table could say about risk.
#
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
