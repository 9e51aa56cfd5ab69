using System.Diagnostics;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration;

/// <summary>
/// Fills a database with tenants, integrations, runs, figures and dead letters that never happened, so that the pages
/// can be tried and measured at size. The integrations are paused and never run.
/// </summary>
public sealed class Seeding(
    ConsoleDatabase database, TenantStore tenants, ConnectionStore connections, SyncStore syncs, MappingStore mappings, SeededHistory history)
{
    private const string Prefix = "made-up-";

    private static readonly string[] Streams = ["customers", "orders", "invoices", "products", "shipments", "employees", "tickets", "payments", "patients", "stock"];

    public async Task<int> RunAsync(SeedSize size, TextWriter output, CancellationToken cancellationToken)
    {
        if ((await tenants.ListAllAsync(cancellationToken)).Any(tenant => tenant.Slug.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            await output.WriteLineAsync("This database has made-up tenants already: erase them first, or use another database.");
            return CommandLine.Failed;
        }

        var started = Stopwatch.GetTimestamp();
        var made = new List<(TenantId Tenant, SyncDefinition Sync)>();
        for (var number = 1; number <= size.Tenants; number++)
        {
            var count = ShareOf(size.Integrations, size.Tenants, number);
            made.AddRange(await TenantAsync(number, count, cancellationToken));
            await output.WriteAsync($"\r{number} of {size.Tenants} tenants");
        }

        var trouble = new SeededTrouble(made.Count, size.Letters);
        for (var number = 1; number <= made.Count; number++)
        {
            var (tenant, sync) = made[number - 1];
            await history.WriteAsync(tenant, sync, number, trouble, cancellationToken);
            await output.WriteAsync($"\r{number} of {made.Count} integrations with their history    ");
        }

        await using (var command = database.Source.CreateCommand("analyze"))
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await output.WriteLineAsync($"\r{size.Tenants} tenants, {made.Count} integrations and {size.Letters} dead letters were made in {Stopwatch.GetElapsedTime(started).TotalSeconds:0.0} s.");
        return CommandLine.Done;
    }

    private async Task<List<(TenantId, SyncDefinition)>> TenantAsync(int number, int integrations, CancellationToken cancellationToken)
    {
        var actor = Actor.CommandLine;
        var settings = new TenantSettings($"Made-up customer {number}", $"{Prefix}{number}", "Europe/Berlin", "");
        var tenant = await tenants.CreateAsync(settings, actor, cancellationToken) ?? throw new InvalidOperationException($"{settings.Slug} exists already.");
        var rest = new { baseAddress = "https://api.example.com", streams = Streams.Select(name => new { name, path = $"/{name}", canRead = true }).ToArray() };
        var source = await connections.CreateAsync(tenant, new ConnectionDraft("Shop", "rest", JsonSerializer.Serialize(rest), null), actor, cancellationToken);
        var destination = await connections.CreateAsync(tenant, new ConnectionDraft("Warehouse", "rest", JsonSerializer.Serialize(rest), null), actor, cancellationToken);
        var mapping = new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "email", Source = "email", Required = true }], []);
        var made = new List<(TenantId, SyncDefinition)>();
        for (var index = 0; index < integrations; index++)
        {
            var stream = Streams[index % Streams.Length];
            var draft = new SyncDraft(
                $"{char.ToUpperInvariant(stream[0])}{stream[1..]} {(index / Streams.Length) + 1}", source!.Value, stream, ReadMode.Full, destination!.Value, stream, WriteMode.Upsert, ["id"],
                false, new Schedule(ScheduleKind.Interval, Minutes: 60), OverlapRule.Queue);
            var sync = await syncs.CreateAsync(tenant, draft, mapping, actor, cancellationToken);
            await mappings.PublishAsync(tenant, sync.MappingId, 1, "", actor, cancellationToken);
            await syncs.SetPausedAsync(tenant, sync.Id, "made up, never runs", actor, cancellationToken);
            made.Add((tenant, sync));
        }

        return made;
    }

    private static int ShareOf(int total, int parts, int number) => (total * number / parts) - (total * (number - 1) / parts);
}

/// <summary>Writes the past of one integration straight into the tables, in a few statements.</summary>
public sealed class SeededHistory(ConsoleDatabase database, TenantSeals seals, GroupLedger groups, TimeProvider clock)
{
    private const int Runs = 40;
    private const int Days = 30;

    private static readonly (FailureCause Cause, string Field, string Message)[] Failures =
    [
        (FailureCause.Mapping, "id", "id: the value at id is not an integer."), (FailureCause.Validation, "email", "email: a value is required, and the record has none at email."),
        (FailureCause.Conflict, "", "Another row already has this value (constraint customer_email_key)."), (FailureCause.Validation, "email", "email takes at most 60 characters; this value has 84."),
        (FailureCause.ReferenceMissing, "", "The row that this one refers to does not exist (constraint order_customer_fk)."), (FailureCause.TargetDown, "", "Warehouse is down or overloaded (503)."),
    ];

    public async Task WriteAsync(TenantId tenant, SyncDefinition sync, int number, SeededTrouble trouble, CancellationToken cancellationToken)
    {
        var reasons = trouble.Of(number, Failures.Length);
        var letters = reasons.Sum(reason => reason.Letters);
        var now = clock.GetUtcNow();
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await RunsAsync(session, tenant, sync, number, letters, now, cancellationToken);
        await FiguresAsync(session, tenant, sync, number, letters, now, cancellationToken);
        foreach (var (cause, count) in reasons)
        {
            var (what, field, message) = Failures[cause];
            var between = Between(count);
            var group = await GroupAsync(session, tenant, sync, Failures[cause], between * count, between, now, cancellationToken);
            var payload = Encoding.UTF8.GetBytes($$"""{"id":"{{number}}-{{cause}}","email":null,"note":"made up"}""");
            await session.RunAsync("""
                with made as (
                    insert into dead_letter (tenant_id, id, sync_id, record_key, stage, cause, outcome, code, field, message, state, attempts, mapping_version, payload,
                        payload_size, payload_print, first_run_id, last_run_id, first_failed_at, last_failed_at, version, group_id)
                    select @tenant, gen_random_uuid(), @sync, @prefix || n, case when @field = '' then 'Write' else 'Map' end, @cause, 'Rejected', '', @field, @message, 'Waiting', 1, 1,
                        @sealed, @size, @print, @run, @run, @now::timestamptz - n * @between::interval, @now::timestamptz - n * @between::interval, 1, @group
                    from generate_series(1, @count) n
                    returning tenant_id, id, last_run_id, first_failed_at, mapping_version, outcome, cause, message)
                insert into dead_letter_attempt (tenant_id, letter_id, number, run_id, at, node, mapping_version, requested_by, outcome, cause, message)
                select tenant_id, id, 1, last_run_id, first_failed_at, 'node-1', mapping_version, 'schedule', outcome, cause, message from made
                """,
                new
                {
                    tenant, sync = sync.Id, prefix = $"{number}-{cause}-", cause = what.ToString(), field, message, @sealed = seal.Seal(payload, LetterSeals.Payload), size = payload.Length,
                    print = seal.Fingerprint(payload), run = Guid.CreateVersion7(now), now, count, between, group,
                },
                cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    /// <summary>A letter every few minutes, or more often where they would reach further back than everything else.</summary>
    private static TimeSpan Between(int letters) => TimeSpan.FromSeconds(Math.Min(TimeSpan.FromMinutes(7).TotalSeconds, TimeSpan.FromDays(Days).TotalSeconds / letters));

    /// <summary>Counted once for the first and once for the last of the letters, so that it begins and ends with them.</summary>
    private async Task<Guid?> GroupAsync(
        DatabaseSession session, TenantId tenant, SyncDefinition sync, (FailureCause Cause, string Field, string Message) what, TimeSpan first, TimeSpan last, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        GroupedFailure At(TimeSpan ago) => new(
            what.Field.Length == 0 ? LetterStage.Write : LetterStage.Map, what.Cause, "", what.Field, what.Message, "", () => ReadOnlyMemory<byte>.Empty, now - ago);
        var places = await groups.AssignAsync(session, tenant, sync.Id, 1, [At(first), At(last)], areNew: true, cancellationToken);
        return places[0];
    }

    private static Task<int> RunsAsync(DatabaseSession session, TenantId tenant, SyncDefinition sync, int number, int letters, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.RunAsync("""
            with made as (
                insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, cause, reason, mapping_version, records_read, written, unchanged, rejected, attempt, node,
                    queued_at, start_after, started_at, finished_at)
                select @tenant, gen_random_uuid(), @sync, n, 'Schedule', 'schedule', case when n % 11 = @number % 11 then 'Failed' when @letters > 0 then 'Partial' else 'Succeeded' end,
                    case when n % 11 = @number % 11 then 'TargetDown' end, case when n % 11 = @number % 11 then 'Shop is down or overloaded (503).' else '' end, 1,
                    1000 + n, 10, 980 + n + case when @letters > 0 then 0 else 10 end, case when @letters > 0 then 10 else 0 end, 1, 'node-1', at, at, at, at + interval '42 seconds'
                from generate_series(1, @runs) n, lateral (select @now::timestamptz - (@runs - n) * interval '1 hour' - interval '10 minutes') as t (at)
                returning 1)
            update sync_definition set last_run_number = @runs where tenant_id = @tenant and id = @sync
            """, new { tenant, sync = sync.Id, number, letters, runs = Runs, now }, cancellationToken);

    private static Task<int> FiguresAsync(DatabaseSession session, TenantId tenant, SyncDefinition sync, int number, int letters, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into sync_minute (tenant_id, sync_id, minute, records_read, written, unchanged, rejected, runs_good, runs_bad)
            select @tenant, @sync, date_trunc('minute', @now::timestamptz) - n * interval '1 hour', 1000 + (n * @number) % 400, 10, 980 + (n * @number) % 400 + case when @letters > 0 then 0 else 10 end,
                case when @letters > 0 then 10 else 0 end, 1, 0
            from generate_series(0, 24 * @days) n
            """, new { tenant, sync = sync.Id, number, letters, days = Days, now }, cancellationToken);
}
