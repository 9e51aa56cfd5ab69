using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters;

/// <summary>Which letters; null or empty members match everything.</summary>
/// <param name="State">Null means all that are open.</param>
/// <param name="Text">Found in the business key, the field or the message.</param>
public sealed record DeadLetterFilter(
    Guid? SyncId = null, FailureCause? Cause = null, LetterState? State = null, string Field = "", string Text = "", Guid? RunId = null,
    DateTimeOffset? From = null, DateTimeOffset? To = null, bool AnyState = false, Guid? Group = null)
{
    public const string AnyStateInAddress = "any";

    public bool IsEmpty => this == new DeadLetterFilter();

    /// <summary>As it stands in a page's address; what is none there matches everything.</summary>
    public static DeadLetterFilter FromAddress(string? state, Guid? sync, string? cause, string? text, Guid? run, DateTimeOffset? from, DateTimeOffset? to, Guid? group = null) => new(
        sync, cause is null ? null : FailureCauses.FromCode(cause), Enum.TryParse<LetterState>(state, ignoreCase: true, out var one) ? one : null,
        Text: text?.Trim() ?? "", RunId: run, From: from, To: to, AnyState: state == AnyStateInAddress, Group: group);

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
        return parameters;
    }

    private static readonly string[] Open = [nameof(LetterState.Waiting), nameof(LetterState.Queued), nameof(LetterState.Replaying)];
}
