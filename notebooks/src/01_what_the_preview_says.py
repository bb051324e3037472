# %% [markdown]
# # What the letter's preview really says
#
# **About {{ say 30 }} minutes. Needs:** [Start here](00_start_here.ipynb). **You leave with:** a fact sheet on which every line has a
# number you can point to.
#
# The letter is about nine children with juvenile dermatomyositis, anti-MDA5 antibodies and a lung disease called refractory. They were
# given a Janus kinase inhibitor; the title names tofacitinib. The letter is short and sits behind a paywall. What everybody can read is
# a preview that stops in the middle of a sentence. This lesson is about reading exactly that much, and not a word more.
#
# A few terms first. **Juvenile dermatomyositis (JDM)** is dermatomyositis (DM), an inflammation of skin and muscle, that begins in
# childhood. **Anti-MDA5** is an antibody against a sensor for viruses inside cells. **Interstitial lung disease (ILD)** is inflammation
# or scarring between the air spaces of the lung. **Tofacitinib** blocks **Janus kinases (JAK)**, enzymes that pass on signals such as
# interferon's. In the cell they hand the signal to proteins called **STAT**, signal transducers and activators of transcription.

# %%
import jdm_teach as jdm

# %% [markdown]
# ## How much can a preview answer?
#
# Journal clubs often work through a checklist. One for case series, from the Joanna Briggs Institute (JBI), has ten items:
# how patients entered, how the disease was measured, whether everybody was counted, what the outcomes were. Commit
# yourself before you look.

# %%
jdm.ask("01d")

# %% [markdown]
# ## The fact sheet
#
# This is all the public text supports, in our own words. Each line has an identity, E01 to E21, and every statement
# about the nine children in this course points back to one of them.

# %%
jdm.show("01-facts")

# %% [markdown]
# This is how the course writes a number, with its interval and its source. Two lines of the fact sheet give an age:
#
# - at onset: {{ E10 }}
# - at the start of the JAK inhibitor: {{ E11 }}
#
# And two give a count, of girls and of rapid progression:

# %% tags=["nbval-check-output"]
for fact in ("E09", "E13"):
    print(jdm.value(fact))

# %% [markdown]
# E14 is not among them. Refractory lung disease in everybody is not a share to estimate: it is the group that the letter describes.
#
# Notice also what the lines do *not* say. There is no outcome, no dose and no follow-up. The letter may well report all three;
# its preview does not.
#
# ## Stated, implied or absent?
#
# Sort each card by what the preview supports. *Stated* means you could put a finger on it. *Implied* means a careful reader
# may conclude it. *Absent* means you would be guessing, however plausible the guess.

# %%
jdm.ask("01a")

# %% [markdown]
# ## Words that need a definition
#
# Some words look precise and are not. If two readers can count different children under the same word, the number beside it
# cannot be compared with anybody else's.

# %%
jdm.ask("01b")

# %%
jdm.ask("CL08")

# %%
jdm.ask("CL09")

# %% [markdown]
# On diagnosis the fact sheet has one line: {{ E06 }} Criteria decide who is in the room before anything is counted.

# %%
jdm.ask("CL10")

# %% [markdown]
# ## The title and the text
#
# A title is a label, not a table of treatments. Compare the two lines of the fact sheet:
#
# - {{ E01 }}
# - {{ E12 }}

# %%
jdm.ask("CL14")

# %% [markdown]
# ## What consent covers
#
# The preview has one sentence on consent: {{ E08 }}

# %%
jdm.ask("01c")

# %%
jdm.ask("CL13")

# %% [markdown]
# ## Back to your prediction
#
# Here are the ten items in our own words, with the answer the preview allows and the line behind it. “Unclear” is not an
# accusation: it means that the answer is not visible *here*. For a formal review, use the official checklist.

# %%
jdm.show("01-jbi")

# %% [markdown]
# ## Take away
#
# - A preview can be read exactly. Most questions it leaves open are open, not answered with no.
# - *Refractory*, *rapidly progressive* and *poor response* are labels until somebody defines them.
# - The next lessons ask what nine children can tell, and never what these nine looked like one by one.
#
# ## Sources
#
# {{ sources }}

# %%
jdm.join_room()

# %%
jdm.record()
