"""Jira by REST: Server, Data Center and Cloud, how they are asked and what their answers say."""
