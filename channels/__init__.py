"""The street: one file per road into and out of the house; each knows ntbcare.contract and its own vendor."""
