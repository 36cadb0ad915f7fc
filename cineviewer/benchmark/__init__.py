"""The product's speed beside its peers', as ratios in one run."""
