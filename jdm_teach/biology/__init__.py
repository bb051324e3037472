"""How the interferon pathway answers a stimulus and a drug."""
