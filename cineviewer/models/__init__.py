"""Networks, cards, weights, training and evaluation: the only home of torch.nn."""
