"""An issue as it read before anybody began to fix it, and the change that did: instances to train and test on."""
