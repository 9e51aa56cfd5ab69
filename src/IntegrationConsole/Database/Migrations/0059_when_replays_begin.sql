-- A replay may also wait until no maintenance holds its letters, or until the call budget of its destinations resets.
alter table replay drop constraint replay_start_rule_check;
alter table replay add constraint replay_start_rule_check check (start_rule in ('Now', 'At', 'CircuitsClosed', 'MaintenanceOver', 'BudgetResets'));
