# %% [markdown]
# # From interferon to gene: a JAK-STAT sandbox
#
# **About {{ say 40 }} minutes. Needs:** [Start here](00_start_here.ipynb). **You leave with:** a labelled path from interferon to
# gene, and a clear idea of what a falling interferon score can and cannot prove.
#
# Why this drug? The fact sheet has one line: {{ E04 }} This lesson takes that line apart. It asks how the message
# travels, where the drug stands in its way, and why less message does not explain why a child gets better.
#
# Some words first. An **interferon** is a messenger that cells send when they sense a virus. **JAK** is short for Janus kinase, an
# enzyme at the receptor; **TYK2**, tyrosine kinase {{ say 2 }}, is one of the same family. **STAT** is short for signal transducer and activator of
# transcription: it carries the message to the genes. **DM** is dermatomyositis, **JDM** its juvenile form. **MDA5** is a sensor for double-stranded RNA, such as that of
# viruses, inside cells, and anti-MDA5 an antibody against it.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## Before you start: two things you have met
#
# One question about the letter, and one about the antibody. If you have not opened those lessons yet, a guess is fine.

# %%
jdm.ask("CL14")

# %%
jdm.ask("IM13")

# %% [markdown]
# ## Who carries the message
#
# A cell cannot read interferon directly. The message is handed on from one molecule to the next, as in a relay race. Each
# runner has a place, and only some of them move.

# %%
jdm.ask("IM01")

# %%
jdm.ask("03a")

# %% [markdown]
# Here is the path with its labels. **IFNAR** is the receptor of interferon alpha and beta. **IRF9**, interferon regulatory factor {{ say 9 }}, is the third
# partner in the complex **ISGF3**, interferon-stimulated gene factor {{ say 3 }}. The **ISRE**, interferon-stimulated response element, is the stretch
# of DNA on which that complex sits ({{ cite JS08 }}, {{ cite JS10 }}). Two proteins made at the end lead back to the beginning: **USP18**, ubiquitin-specific peptidase {{ say 18 }}, and
# **SOCS1**, suppressor of cytokine signalling {{ say 1 }}. The cell brakes itself.

# %%
jdm.show("03-path")

# %%
jdm.ask("IM02")

# %%
jdm.ask("IM04")

# %% [markdown]
# ## One kinase serves many messages
#
# Each receptor holds a pair of kinases. There are only four kinds to choose from, so different messengers must share ({{ cite JS09 }}). What
# falls when one of the four is taken away? Two of the messengers are growth factors of blood cells: granulocyte
# colony-stimulating factor (G-CSF), and the same for granulocytes and macrophages (GM-CSF).

# %%
jdm.explore("03b")

# %% [markdown]
# Blocking JAK1 silences interferon alpha, and with it most other rows. No kinase on the list serves one row alone, and real drugs
# are less tidy still: in white blood cells tofacitinib lowered the answer to interferon alpha and to interferon gamma ({{ cite JS28 }}). Keep this picture in mind when somebody says that a child improved “because interferon was blocked”.

# %%
jdm.ask("IM03")

# %%
jdm.ask("IM12")

# %% [markdown]
# ## Half the kinase is not half the gene
#
# Now a whole cell, in a published model fitted to experiments ({{ cite JS11 }}). Interferon has been present for weeks, in
# tiny amounts: fM is femtomolar, a thousandth of a picomolar (pM). The left end of the slider is near what was found in the blood of adults with
# dermatomyositis ({{ cite IFS013 }}), if our assumed weight of the molecule is right; what a tissue meets is not known. A drug then takes away part of the kinase activity, and you watch two things. The *signal* is **pSTAT1**: STAT1 that carries its phosphate. The *gene* is the messenger
# RNA (**mRNA**) of an interferon-stimulated gene (**ISG**).

# %%
jdm.explore("03s")

# %% [markdown]
# In the published cell, halving the kinase activity halves neither the signal nor the gene. It hardly moves a score of six genes that was low to begin with.
# Two things stand between. The brake lets go when the signal falls, so part of the loss comes back. And a gene that answers strongly
# to little interferon still answers when some of it is taken away. Raise the interferon and look at the gene again.
#
# The model has limits. It describes liver cancer cells in a dish, it holds interferon constant, and it has no immune system around it. In
# the laboratory, tofacitinib also made interferon-producing cells release less of it ({{ cite JS27 }}). Where the drug lowers the messenger
# too, the fall can be larger than you saw here.

# %% [markdown]
# ## The cell brakes itself
#
# A weak answer to interferon does not always mean that a drug is at work. Cells that have met interferon before may answer less, or more,
# depending on the dose they met. Cut the brake and see what is left.

# %%
jdm.explore("03f")

# %% [markdown]
# With the brake in place, a small first dose makes more ISGF3 reach the nucleus at the second one, and a large dose makes the cell nearly deaf. The experiments behind the model
# found the same ({{ cite JS11 }}). The brake is also choosy: it dampens interferon alpha and largely spares interferon beta ({{ cite JS15 }}).

# %%
jdm.ask("IM16")

# %% [markdown]
# ## From tablet to hours
#
# A tablet is not a switch. The drug rises, falls, and part of it is bound to protein and cannot act. Only *free* drug reaches the
# kinase. How long is there enough of it? The picture rests on a study of
# adults ({{ cite PKN001 }}), and on a free share that was read second-hand ({{ cite PKN024 }}). nM is nanomolar.

# %%
jdm.explore("03c")

# %% [markdown]
# The line in that picture is a choice, not a measurement. This is what the course could and could not read about it, mostly from
# stimulated blood ({{ cite POT038 }}). **IL** stands for interleukin, and **EC50** is the concentration with half of the effect.

# %%
jdm.show("03-constants")

# %%
jdm.ask("IM08")

# %%
jdm.ask("IM07")

# %%
jdm.ask("IM09")

# %% [markdown]
# Nothing here helps to choose a dose. The curve belongs to a typical adult; children differ in size and in how
# fast they clear the drug, and this course has read of no target level for anti-MDA5 disease.
#
# ## Antibody or antigen?
#
# The names look alike, and many sentences go wrong because of it.

# %%
jdm.ask("03d")

# %%
jdm.ask("IM05")

# %%
jdm.ask("IM06")

# %% [markdown]
# ## What a score is made of
#
# An interferon score turns several genes into one number. A widely used one takes six genes, compares each with healthy controls, and reports the
# middle value ({{ cite IFS001 }}). Here is that recipe applied to real measurements: cells from small airways and whole blood, each given an interferon in the
# laboratory ({{ cite IFS025 }}).

# %%
jdm.show("03-scores")

# %% [markdown]
# The same genes and the same recipe give hundreds in one tissue and single figures in the other. That does not make interferon so much
# stronger in airway cells. Their control was almost silent, and a ratio to almost nothing is large. The blood in the control tubes already had these genes switched on: interferon gamma
# even pushed one of them *below* its control, which is only possible if it was on.
#
# Notice also interferon gamma in airway cells. A raised score does not prove that interferon *alpha* is at work.

# %%
jdm.show("03-genes")

# %% [markdown]
# One gene of the six is missing in airway cells. A score of “six genes” is then a score of five and a filler. Now the other side of the ratio:
# the same blood, with controls that might have been quieter.

# %%
jdm.show("03-control")

# %% [markdown]
# So a score means something only beside its own controls, its own tissue and its own cut-off. Three published numbers, as this course writes
# them: the half-life of the drug in adults, the cut-off of the six-gene score in blood, and the correlation of another interferon
# score with disease activity in children with JDM (rs, Spearman's rank correlation; {{ cite IFS038 }}).

# %% tags=["nbval-check-output"]
for fact in ("PKN005", "IFS001", "IFS038"):
    print(jdm.value(fact))

# %%
jdm.ask("IM10")

# %% [markdown]
# ## What a falling score can prove
#
# Suppose a child starts a JAK inhibitor and the score falls. The drug stands in the path, so a fall is what you would expect even if
# the child does not improve. Even the messenger itself can fall without it: in one small series of children with JDM, interferon alpha in the blood became normal in those who
# responded to a JAK inhibitor *and* in those who did not ({{ cite JS24 }}).
#
# Which study would tell us more?

# %%
jdm.ask("03e")

# %%
jdm.ask("IM11")

# %% [markdown]
# ## Take away
#
# - Interferon alpha speaks through JAK1 and TYK2, then STAT1, STAT2 and IRF9. JAK1 also serves many other messengers.
# - Halving kinase activity does not halve the score. The cell eases its own brake, the drug comes and goes, and part of each gene's level never came from interferon.
# - A score is a ratio to somebody's controls, in one tissue, from the genes that tissue makes.
# - A falling score is what a drug does that reaches its target. It does not show why a child improved.
#
# ## If you have ten more minutes
#
# Two questions on concentrations, with invented numbers.

# %%
jdm.ask("IM14")

# %%
jdm.ask("IM15")

# %% [markdown]
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
