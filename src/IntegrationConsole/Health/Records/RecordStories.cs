using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Health.Records;

/// <summary>
/// Answers "where is order 8812?": what was set aside, tried, edited and closed, what was sent and answered, and what
/// reconciliations found, by business key, in one list. Each question goes through an index of the key.
/// </summary>
public sealed class RecordStories(ConsoleDatabase database)
{
    /// <summary>More events of one kind than these are not shown.</summary>
    private const int Most = 200;

    /// <summary>A key of several fields is found by its first.</summary>
    internal const string Matches = "(x.record_key = @key or x.record_key like @beginning)";

    public async Task<RecordStory> TellAsync(TenantId tenant, string key, CancellationToken cancellationToken)
    {
        var args = new { tenant, key = Stored(key), beginning = $"{Escaped(Stored(key))}{MappingPlan.KeySeparator}%", most = Most };
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var letters = await session.ListAsync<LetterRow>($"""
            select x.id, s.name, s.slug, x.state, x.cause, x.message, x.first_failed_at, x.edited_at, x.edited_by, x.closed_at, x.closed_by, x.close_reason
            from dead_letter x join sync_definition s on s.tenant_id = x.tenant_id and s.id = x.sync_id
            where x.tenant_id = @tenant and {Matches} order by x.last_failed_at desc limit @most
            """, args, cancellationToken);
        var attempts = await session.ListAsync<AttemptRow>($"""
            select a.at, s.name, s.slug, a.number, a.run_id, r.number as run_number, a.mapping_version, a.requested_by, a.outcome, a.cause, a.message
            from dead_letter x join sync_definition s on s.tenant_id = x.tenant_id and s.id = x.sync_id
            join dead_letter_attempt a on a.tenant_id = x.tenant_id and a.letter_id = x.id
            left join run r on r.tenant_id = a.tenant_id and r.id = a.run_id
            where x.tenant_id = @tenant and {Matches} order by a.at desc limit @most
            """, args, cancellationToken);
        var replays = await session.ListAsync<ReplayRow>($"""
            select p.requested_at as at, s.name, s.slug, p.id, p.requested_by, i.state, i.message, i.finished_at
            from dead_letter x join sync_definition s on s.tenant_id = x.tenant_id and s.id = x.sync_id
            join replay_item i on i.tenant_id = x.tenant_id and i.letter_id = x.id
            join replay p on p.tenant_id = i.tenant_id and p.id = i.replay_id
            where x.tenant_id = @tenant and {Matches} order by p.requested_at desc limit @most
            """, args, cancellationToken);
        var sends = await session.ListAsync<SendRow>($"""
            select x.sent_at, x.name, x.slug, x.run_id, r.number as run_number, x.revision, x.state, x.status, x.remote_id, x.answered_at
            from (
                select x.sent_at, s.name, s.slug, x.run_id, x.revision, x.state, x.status, x.remote_id, x.answered_at
                from sync_definition s join send_ledger x on x.tenant_id = s.tenant_id and x.sync_id = s.id and x.stream = s.destination_stream
                where s.tenant_id = @tenant and {Matches}
                union all
                -- Under way, or never answered: not many at any time.
                select p.sent_at, s.name, s.slug, p.run_id, p.revisions[x.at], 'Sent', '', '', null
                from sync_definition s join send_parcel p on p.tenant_id = s.tenant_id and p.sync_id = s.id and p.stream = s.destination_stream and p.first_place is null
                cross join lateral unnest(p.record_keys) with ordinality as x (record_key, at)
                where s.tenant_id = @tenant and {Matches}) x
            left join run r on r.tenant_id = @tenant and r.id = x.run_id
            order by x.sent_at desc limit @most
            """, args, cancellationToken);
        Guid[] runs = [.. attempts.Select(attempt => attempt.RunId).Concat(sends.Select(send => send.RunId)).Distinct()];
        var fetches = await session.ListAsync<FetchRow>("""
            select coalesce(r.started_at, r.queued_at) as at, s.name, s.slug, r.id as run_id, r.number, c.name as source, s.source_stream as stream, r.requested_by
            from run r join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id
            join connection c on c.tenant_id = s.tenant_id and c.id = s.source_connection_id
            where r.tenant_id = @tenant and r.id = any(@runs) and r.replay_id is null
            """, new { tenant, runs }, cancellationToken);
        var compared = await session.ListAsync<ComparedRow>($"""
            select c.requested_at as at, s.name, s.slug, c.id, c.number, c.requested_by, x.kind, x.fields
            from reconciliation_key x join reconciliation c on c.tenant_id = x.tenant_id and c.id = x.reconciliation_id
            join sync_definition s on s.tenant_id = c.tenant_id and s.id = c.sync_id
            where x.tenant_id = @tenant and {Matches} order by c.requested_at desc limit @most
            """, args, cancellationToken);
        var carriers = await session.ListAsync<Carrier>("""
            select s.name, s.slug, (select max(r.finished_at) from run r where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.state in ('Succeeded', 'Partial')) as last_good
            from sync_definition s where s.tenant_id = @tenant and s.deleted_at is null order by lower(s.name)
            """, args, cancellationToken);
        var events = letters.SelectMany(Of).Concat(attempts.Select(Of)).Concat(replays.SelectMany(Of)).Concat(sends.SelectMany(Of)).Concat(fetches.Select(Of)).Concat(compared.Select(Of))
            .OrderByDescending(one => one.At).ToList();
        var known = events.Select(one => one.Slug).ToHashSet();
        return new RecordStory(
            key, [.. events.Take(Most)], events.Count > Most || new[] { letters.Count, attempts.Count, replays.Count, sends.Count, compared.Count }.Contains(Most),
            [.. letters.Where(letter => letter.ClosedAt is null).Select(letter => new OpenLetter(letter.Id, letter.Name, letter.State.Words, letter.Cause.Words, letter.Message))],
            [.. carriers.Where(carrier => !known.Contains(carrier.Slug))]);
    }

    /// <summary>Letters by the beginning of their key, the open ones first.</summary>
    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="beginning">As it was typed.</param>
    /// <param name="most">No more than these.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<FoundLetter>> FindAsync(IReadOnlyList<TenantId> tenants, string beginning, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<FoundLetter>("""
            select x.tenant_id, x.id, x.record_key, x.state, s.name as sync_name from unnest(@tenants) as t (id)
            cross join lateral (
                select d.tenant_id, d.id, d.sync_id, d.record_key, d.state, d.last_failed_at from dead_letter d
                where d.tenant_id = t.id and d.record_key like @beginning order by d.record_key using ~<~ limit @most) x
            join sync_definition s on s.tenant_id = x.tenant_id and s.id = x.sync_id
            order by x.state not in ('Waiting', 'Queued', 'Replaying'), length(x.record_key), x.last_failed_at desc limit @most
            """, new { tenants = tenants.Select(tenant => tenant.Value).ToArray(), beginning = $"{Escaped(Stored(beginning))}%", most }, cancellationToken);
    }

    /// <summary>As people type a key of several fields.</summary>
    internal static string Stored(string key) => key.Trim().Replace(" · ", MappingPlan.KeySeparator.ToString(), StringComparison.Ordinal);

    internal static string Escaped(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal);

    private static IEnumerable<RecordEvent> Of(LetterRow letter)
    {
        var path = $"dead-letters/{letter.Id}";
        if (letter.EditedAt is { } edited)
        {
            yield return new RecordEvent(edited, letter.Name, letter.Slug, "The record was edited", letter.EditedBy ?? "", path, Tone.Info);
        }

        if (letter.ClosedAt is { } closed)
        {
            yield return new RecordEvent(
                closed, letter.Name, letter.Slug, $"{letter.State.Words}: {letter.CloseReason}", letter.ClosedBy ?? "", path, letter.State is LetterState.Discarded ? Tone.Calm : Tone.Good);
        }
    }

    private static RecordEvent Of(AttemptRow attempt) => new(
        attempt.At, attempt.Name, attempt.Slug,
        $"{(attempt.Number == 1 ? "Set aside" : $"Attempt {attempt.Number}")} by run {attempt.RunNumber?.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) ?? "(deleted)"}{(attempt.MappingVersion is { } version ? $", mapping v{version}" : "")}: {attempt.Message}",
        attempt.RequestedBy, attempt.RunNumber is null ? "" : $"runs/{attempt.RunId}", Tone.Bad);

    private static IEnumerable<RecordEvent> Of(ReplayRow replay)
    {
        yield return new RecordEvent(replay.At, replay.Name, replay.Slug, "Asked to be replayed", replay.RequestedBy, $"replays/{replay.Id}", Tone.Info);
        if (replay.FinishedAt is { } finished)
        {
            var words = $"Replay: {replay.State.ToLowerInvariant()}{(replay.Message.Length > 0 ? $", {replay.Message}" : "")}";
            yield return new RecordEvent(finished, replay.Name, replay.Slug, words, replay.RequestedBy, $"replays/{replay.Id}", replay.State == "Delivered" ? Tone.Good : Tone.Warn);
        }
    }

    private static IEnumerable<RecordEvent> Of(SendRow send)
    {
        var path = send.RunNumber is null ? "" : $"runs/{send.RunId}";
        var run = send.RunNumber is { } number ? $" by run {number}" : "";
        yield return new RecordEvent(send.SentAt, send.Name, send.Slug, $"Sent{run}{(send.Revision > 1 ? $", change {send.Revision} of this record" : "")}", "", path, Tone.Info);
        if (send.AnsweredAt is { } answered)
        {
            var taken = send.State is "Taken" or "TakenBack";
            var remote = send.RemoteId.Length > 0 ? $"; there it is {send.RemoteId}" : "";
            yield return new RecordEvent(answered, send.Name, send.Slug, $"{(send.State == "TakenBack" ? "Taken, and taken back," : taken ? "Taken" : "Refused")} by the destination{(send.Status.Length > 0 ? $" ({send.Status})" : "")}{remote}", "", path, taken ? Tone.Good : Tone.Bad);
        }
        else
        {
            yield return new RecordEvent(send.SentAt, send.Name, send.Slug, "The answer was lost: it may have arrived", "", path, Tone.Warn);
        }
    }

    /// <summary>The run that read it began then; which moment of it brought this record is not kept.</summary>
    private static RecordEvent Of(FetchRow row) => new(
        row.At, row.Name, row.Slug, $"Fetched from {row.Source}{(row.Stream.Length > 0 ? $", {row.Stream}" : "")}, by run {row.Number.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)}",
        row.RequestedBy, $"runs/{row.RunId}", Tone.Info);

    private static RecordEvent Of(ComparedRow row) => new(
        row.At, row.Name, row.Slug,
        $"Reconciliation {row.Number}: {row.Kind switch { "Missing" => "missing at the destination", "Extra" => "at the destination, and not at the source", _ => $"different in {string.Join(", ", row.Fields)}" }}",
        row.RequestedBy, $"integrations/{row.Slug}/reconciliations/{row.Id}", Tone.Warn);

    private sealed record LetterRow(
        Guid Id, string Name, string Slug, LetterState State, FailureCause Cause, string Message, DateTimeOffset FirstFailedAt, DateTimeOffset? EditedAt, string? EditedBy,
        DateTimeOffset? ClosedAt, string? ClosedBy, string? CloseReason);

    private sealed record AttemptRow(
        DateTimeOffset At, string Name, string Slug, int Number, Guid RunId, long? RunNumber, int? MappingVersion, string RequestedBy, string Outcome, FailureCause? Cause, string Message);

    private sealed record ReplayRow(DateTimeOffset At, string Name, string Slug, Guid Id, string RequestedBy, string State, string Message, DateTimeOffset? FinishedAt);

    private sealed record SendRow(
        DateTimeOffset SentAt, string Name, string Slug, Guid RunId, long? RunNumber, int Revision, string State, string Status, string RemoteId, DateTimeOffset? AnsweredAt);

    private sealed record FetchRow(DateTimeOffset At, string Name, string Slug, Guid RunId, long Number, string Source, string Stream, string RequestedBy);

    private sealed record ComparedRow(DateTimeOffset At, string Name, string Slug, Guid Id, long Number, string RequestedBy, string Kind, string[] Fields);
}
