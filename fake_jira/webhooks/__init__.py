"""How the sandbox tells what changed in it: which events there are, what their bodies hold, and how they are sent."""
