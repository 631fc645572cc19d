"""Who fixed what: signs in the texts of issues, pull requests and commits become links, landings and graded pairs.

Each issue, pull request and commit is read by itself (`reading`), into what is known of it (`facts`) and what it says
of others (`signs`). What all of them said together is judged at once (`judging`): the order in which they came does
not matter, nor how often.
"""
