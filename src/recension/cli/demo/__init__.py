"""The demonstration: real headlines, a simulated crowd, a model trained on what it says, and the way back."""
