"""What every channel promises: `subjects` lists them, `test_contract` asks each the same."""
