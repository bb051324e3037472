# %% [markdown]
# # Nine children, honestly described
#
# **About {{ say 40 }} minutes. Needs:** [the letter's preview](01_what_the_preview_says.ipynb). **You leave with:** a sentence for
# small counts that you can use tomorrow, and a feeling for what a printed mean leaves open.
#
# The letter is about nine children with **juvenile dermatomyositis (JDM)**, an inflammation of skin and muscle that begins in
# childhood. They carry an antibody called anti-MDA5, and their lung disease is called refractory. An inhibitor of **Janus kinases
# (JAK)**, enzymes that pass signals on inside cells, was added to their treatment. The preview prints a few numbers about them. This
# lesson takes those numbers seriously: what they say, what they rule out, and where they stop.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met

# %%
jdm.ask("CL09")

# %%
jdm.ask("CL14")

# %% [markdown]
# ## A percentage from nine has long arms
#
# Start with the simplest number. Some of the nine are girls. A **confidence interval (CI)** answers one question: which
# true shares would make this count an ordinary result? Draw yours before you see the computed ones.

# %%
jdm.explore("04a")

# %% [markdown]
# Seven methods, seven answers. At nine children they differ by a few points, and every one of them is wide. Try {{ say 100 of 300 }}: the
# same share, and the methods agree. So the number of children decides, and the method is a detail. Name the one you use and go
# on. In this course it is the exact one.
#
# Written out, count first:

# %% tags=["nbval-check-output"]
print(jdm.value("E09"))
print(jdm.derived("male"))
print(jdm.value("E13"))

# %% [markdown]
# The first and the last line hold the same count, so they have the same interval. It speaks of chance alone. It takes the nine
# for a random draw. How they were chosen is not in the public text, and no formula repairs that.

# %%
jdm.ask("ST01")

# %%
jdm.ask("ST29")

# %% [markdown]
# ## None is not never, all is not always
#
# The preview says nothing about harms or outcomes, neither good nor bad. So the next numbers are hypothetical. A series can
# come out empty because an event is impossible, or because few children were watched.

# %%
jdm.explore("04b")

# %% [markdown]
# The quick rule is three divided by the number of children ({{ cite R3 }}). It is made for larger groups and puts the whole
# error on one side. At nine it lands near the exact two-sided value by luck.

# %%
jdm.ask("ST22")

# %%
jdm.ask("ST23")

# %% [markdown]
# ## One sign, three meanings
#
# The preview gives two ages:
#
# - at onset: {{ E10 }}
# - at the start of the JAK inhibitor: {{ E11 }}
#
# Neither line says what ± stands for. Three things are common. The **standard deviation (SD)** tells how much children differ.
# The **standard error (SE)** tells how well their mean is known; it is the SD divided by the square root of their number. **Limits** are
# the half-width of an interval for the mean ({{ cite AB05 }}).

# %%
jdm.ask("04c")

# %%
jdm.ask("ST17")

# %%
jdm.ask("ST18")

# %% [markdown]
# From here on we read ± as a standard deviation, and say so. It is our reading, and not a statement of the letter.
#
# ## One mean, one SD, three shapes
#
# Two numbers are a very short description of a group. These three groups share both.

# %%
jdm.show("04-shapes")

# %%
jdm.ask("04d")

# %% [markdown]
# There is a small hint that works for anything that cannot be negative. If the mean is less than twice the SD, a bell would
# have to reach below zero, so the values are probably skewed ({{ cite AB96 }}).

# %%
jdm.ask("ST16")

# %% [markdown]
# ## Can these numbers be true at all?
#
# Whole years add up to a whole number. Divided by nine, only some means can come out, and only some SDs go with them. Two
# checks use this. **GRIM** (granularity-related inconsistency of means) asks whether the mean is possible. Its extension
# **GRIMMER** asks whether mean and SD are possible together. They can find a slip. But how often would a made-up pair pass?

# %%
jdm.explore("04g")

# %% [markdown]
# Now the letter's own numbers, under the same lens.

# %%
jdm.show("04-audit")

# %% [markdown]
# The numbers hold together. That is worth saying, and it is weak praise: invented pairs mostly pass too, and with ages in months
# nearly all of them do. The check on the sign is the strong one. A standard error would ask for more spread than childhood has room for.
#
# ## How many groups of nine fit?
#
# Suppose the two numbers are right. Which ages could stand behind them? Nobody outside the hospital can know, and we
# will not guess at nine children. What can be done is to count *every* group of nine ages that would print the same, and to draw from
# them fairly. A group drawn like this is simulated. It is not the nine.
#
# “Fairly” can mean two things, and the last choice below decides. Either each way of giving ages to children counts once, or each
# unordered set of ages does. A set of many different ages can be given in more ways, so the two do not agree.
#
# With ages in tenths of a year the count takes a moment. You may stop it.

# %%
jdm.explore("04e")

# %% [markdown]
# Three things to take from it.
#
# - The count explodes with finer steps, and the distribution hardly moves.
# - It does move with what nobody printed, above all with how young a child could be.
# - The height of a bar belongs to the drawing rule. It is not the chance that the nine looked so. The idea of rebuilding data from
#   summaries is described by {{ cite SPRITE18 }}.
#
# The printed summaries hold no information on any association. Whether older children did better, or girls, or those who came late: no
# ensemble can bring back what was not printed.

# %%
jdm.ask("ST46")

# %% [markdown]
# And yet a few things are certain, for every group that prints so. Decide first which.

# %%
jdm.ask("ST47")

# %%
jdm.show("04-certain")

# %% [markdown]
# ## The wait between two means
#
# The means alone give an average wait: {{ derived gap_onset_to_start }}. Its spread is another matter.

# %%
jdm.ask("ST19")

# %% [markdown]
# One thing may be added without asking anybody: no child starts treatment before falling ill. Watch what this alone does.

# %%
jdm.explore("04w")

# %% [markdown]
# Common sense has narrowed it, and left it wide. The same caution applies. The pairs that obey the order are drawn with equal weight for
# each way of giving ages to children. The printed summaries hold no information on any association, the one between onset and start included.
# A later lesson asks what happens during that wait, and to whom.
#
# ## Your sentence
#
# A good sentence for a small count can be cut off anywhere and still be true. Count and group come first, the percentage
# later, the limits before the full stop.

# %%
jdm.show("04-template")

# %%
jdm.ask("04s")

# %% [markdown]
# ## Take away
#
# - Write “x of n (percentage, interval, method), over what time, chosen how”. Say which part is missing.
# - None observed is not none possible. Ask how many were watched.
# - Write SD or SE, never ± alone. With few children show a dot for each, or median and range.
# - A check that passes says “possible”. An ensemble says “these are possible too”. Neither says what happened.
#
# ## Sources
#
# {{ sources }}
# - [Brown NJL, Heathers JAJ. The GRIM test. Soc Psychol Personal Sci {{ say 2017 }}](https://doi.org/10.1177/1948550616673876).

# %%
jdm.join_room()

# %%
jdm.record()
