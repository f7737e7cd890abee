"""The ledger of problems: what its measures changed, and the ledger as a workbook."""
