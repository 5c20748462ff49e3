"""The ledgers of how the plan is carried out 组织实施台账: demonstration, good practice, funds, training and the rest."""
