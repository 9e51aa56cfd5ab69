using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.Tenants.Keeping;

namespace IntegrationConsole.DeadLetters;

/// <summary>Whether a letter waits for another one, or others for it.</summary>
public enum LetterTurn
{
    /// <summary>It has to come after another one that failed.</summary>
    Behind,

    /// <summary>Others have to come after it.</summary>
    Ahead,
}

/// <summary>Which letters; null or empty members match everything.</summary>
/// <param name="State">Null means all that are open.</param>
/// <param name="Text">Found in the business key, the field or the message.</param>
public sealed record DeadLetterFilter(
    Guid? SyncId = null, FailureCause? Cause = null, LetterState? State = null, string Field = "", string Text = "", Guid? RunId = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null, bool AnyState = false, Guid? Group = null)
{
    public const string AnyStateInAddress = "any";

    public LetterStage? Stage { get; init; }

    /// <summary>Tried so often at least.</summary>
    public int? Attempts { get; init; }

    /// <summary>Of the mapping that tried it last.</summary>
    public int? Version { get; init; }

    /// <summary>Whether somebody corrected its record.</summary>
    public bool? Edited { get; init; }

    public LetterTurn? Turn { get; init; }

    /// <summary>Waits, and expires before then if nobody decides.</summary>
    public DateTimeOffset? ExpiresBefore { get; init; }

    /// <summary>The beginning of the business key.</summary>
    public string Key { get; init; } = "";

    public Guid? Letter { get; init; }

    /// <summary>The trace of its first or its last run.</summary>
    public string Trace { get; init; } = "";

    /// <summary>Only these, found by what stands in their records; null for all.</summary>
    public IReadOnlyList<Guid>? Among { get; init; }

    public bool IsEmpty => this == new DeadLetterFilter();

    /// <summary>Something is asked for besides what the list has in its first row.</summary>
    public bool IsNarrowed => this != new DeadLetterFilter(SyncId, Cause, State, Field, Text, RunId, From, To, AnyState, Group);

    /// <summary>As it stands in a page's address; what is none there matches everything.</summary>
    public static DeadLetterFilter FromAddress(string? state, Guid? sync, string? cause, string? text, Guid? run, DateTimeOffset? from, DateTimeOffset? to, Guid? group = null) => new(
        sync, cause is null ? null : FailureCauses.FromCode(cause), AddressText.Choice<LetterState>(state),
        Text: text?.Trim() ?? "", RunId: run, From: from, To: to, AnyState: state == AnyStateInAddress, Group: group);

    /// <summary>With what else an address asks for. Days are counted back and forth from now.</summary>
    public DeadLetterFilter Narrowed(PageQuery query, DateTimeOffset now)
    {
        DateTimeOffset? olderThan = query.Number(Addresses.Age, from: 1) is { } days && days <= KeepingSettings.Most ? now.AddDays(-days) : null;
        return this with
        {
            Stage = query.Choice<LetterStage>(Addresses.Stage), Attempts = query.Number(Addresses.Attempts, from: 1), Version = query.Number(Addresses.Version, from: 1),
            Edited = query.Choice(Addresses.Edited, [Addresses.Yes, Addresses.No]) is { } edited ? edited == Addresses.Yes : null, Turn = query.Choice<LetterTurn>(Addresses.Turn),
            ExpiresBefore = query.Number(Addresses.Expires) is { } left && left <= KeepingSettings.Most ? now.AddDays(left) : null, Key = query.Text(Addresses.Key) ?? "",
            Letter = query.Id(Addresses.Letter), Trace = query.Text(Addresses.Trace) ?? "", To = olderThan is null || To < olderThan ? To : olderThan,
        };
    }

    /// <summary>What these are called in addresses: of the list, of its files, and of the composer of replays.</summary>
    public static class Addresses
    {
        public const string Stage = "stage";
        public const string Attempts = "attempts";
        public const string Age = "age";
        public const string Version = "version";
        public const string Edited = "edited";
        public const string Turn = "waiting";
        public const string Expires = "expires";
        public const string Key = "key";
        public const string Letter = "id";
        public const string Trace = "trace";

        /// <summary>May stand there several times: what a field of the record has to hold.</summary>
        public const string Value = "value";
        public const string Yes = "yes";
        public const string No = "no";

        public static readonly IReadOnlyList<string> All = [Stage, Attempts, Age, Version, Edited, Turn, Expires, Key, Letter, Trace];
    }

    internal const string Where = """
        d.tenant_id = @tenant
          and (@syncId::uuid is null or d.sync_id = @syncId)
          and (@cause::text is null or d.cause = @cause)
          and (@anyState or d.state = any(@states))
          and (@field = '' or d.field = @field)
          and (@text = '' or strpos(lower(d.record_key || ' ' || d.field || ' ' || d.message), lower(@text)) > 0)
          and (@runId::uuid is null or d.last_run_id = @runId or d.first_run_id = @runId)
          and (@group::uuid is null or d.group_id = @group)
          and (@from::timestamptz is null or d.last_failed_at >= @from)
          and (@to::timestamptz is null or d.last_failed_at < @to)
          and (@onlyStage::text is null or d.stage = @onlyStage)
          and (@leastAttempts::int is null or d.attempts >= @leastAttempts)
          and (@onlyVersion::int is null or d.mapping_version = @onlyVersion)
          and (@onlyEdited::boolean is null or (d.edited is not null) = @onlyEdited)
          and (@onlyBehind::boolean is null or case when @onlyBehind then d.cause = 'Held' else d.cause <> 'Held' and d.order_key is not null and exists (
               select from dead_letter w where w.tenant_id = d.tenant_id and w.sync_id = d.sync_id and w.order_key = d.order_key and w.turn > d.turn and w.cause = 'Held' and w.state = 'Waiting') end)
          and (@expiresBefore::timestamptz is null or (d.state = 'Waiting' and (d.back_at is null or d.back_at < @expiresBefore - @warned)
               and d.last_failed_at < @expiresBefore - make_interval(days => coalesce((select k.waiting_days from tenant_keeping k where k.tenant_id = d.tenant_id), @usualDays))
               and not exists (select from tenant_keeping k where k.tenant_id = d.tenant_id and (k.held_at is not null or k.begins_at > @expiresBefore))
               and not exists (select from failure_group h where h.tenant_id = d.tenant_id and h.id = d.group_id and (h.held_at is not null or h.released_at > @expiresBefore - @warned))))
          and (@keyBegins = '' or d.record_key like @keyBegins)
          and (@onlyLetter::uuid is null or d.id = @onlyLetter)
          and (@among::uuid[] is null or d.id = any(@among))
          and (@onlyTrace = '' or exists (select from run t where t.tenant_id = d.tenant_id and t.id in (d.first_run_id, d.last_run_id) and t.trace_id = @onlyTrace))
        """;

    internal Dapper.DynamicParameters Parameters(TenantId tenant)
    {
        var parameters = new Dapper.DynamicParameters();
        parameters.Add("tenant", tenant);
        parameters.Add("syncId", SyncId);
        parameters.Add("cause", Cause?.ToString());
        parameters.Add("anyState", AnyState);
        parameters.Add("states", State is { } one ? [one.ToString()] : Open);
        parameters.Add("field", Field);
        parameters.Add("text", Text);
        parameters.Add("runId", RunId);
        parameters.Add("group", Group);
        parameters.Add("from", From);
        parameters.Add("to", To);
        parameters.Add("onlyStage", Stage?.ToString());
        parameters.Add("leastAttempts", Attempts);
        parameters.Add("onlyVersion", Version);
        parameters.Add("onlyEdited", Edited);
        parameters.Add("onlyBehind", Turn is { } turn ? turn is LetterTurn.Behind : (bool?)null);
        parameters.Add("expiresBefore", ExpiresBefore);
        parameters.Add("warned", TenantKeeping.FirstWarning);
        parameters.Add("usualDays", KeepingSettings.Usual.Effective.WaitingDays);
        parameters.Add("keyBegins", Key.Length == 0 ? "" : $"{Key.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("%", @"\%", StringComparison.Ordinal).Replace("_", @"\_", StringComparison.Ordinal)}%");
        parameters.Add("onlyLetter", Letter);
        parameters.Add("onlyTrace", Trace);
        parameters.Add("among", Among?.ToArray());
        return parameters;
    }

    private static readonly string[] Open = [nameof(LetterState.Waiting), nameof(LetterState.Queued), nameof(LetterState.Replaying)];
}
