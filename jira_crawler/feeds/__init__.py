"""JSONL files whose every line is accounted for by the store."""
