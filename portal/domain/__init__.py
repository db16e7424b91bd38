"""The rules of KIM: verbs in, values out; no web, no Word, no index."""
