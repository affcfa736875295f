"""Judge payloads and stories by a contract: values in, findings out."""
