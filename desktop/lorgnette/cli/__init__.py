"""The command line: arguments -> job -> printed outcomes -> exit code. One module a command."""
