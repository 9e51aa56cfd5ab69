-- "Where is order 8812?" is asked of all integrations, of letters that are closed, and of the beginning of a key.
create index on dead_letter (tenant_id, record_key text_pattern_ops);
create index on reconciliation_key (tenant_id, record_key);
