"""The proof of delivery: nothing lost, nothing doubled that the ledger does not name, nothing sent after a goodbye.

`python -m tests.proof` (`make prove`) breaks a delivering program in every way that `parts/` knows, lets it come to its
end, and holds what a mail server took against what the ledger says. Then it breaks the program's own rules, one after
the other, and has to turn red each time. docs/proof.md says what it found.
"""
