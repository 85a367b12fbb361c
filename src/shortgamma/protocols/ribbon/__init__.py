"""Weekly option-selling vaults as Ribbon built them: shares, rounds, oTokens, auctions."""
