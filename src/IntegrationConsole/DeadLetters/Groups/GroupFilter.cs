using Dapper;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Which groups; null or empty members match everything.</summary>
/// <param name="State">Null means those that are open or acknowledged and have open letters.</param>
/// <param name="Owner">A person's name; <see cref="Nobody"/> for groups without an owner.</param>
/// <param name="Like">Others that say the same with another code or field, or that have its cause and code.</param>
/// <param name="Text">Found in the title, the field or the code.</param>
/// <param name="From">Those that were still failing then.</param>
/// <param name="To">Those that had begun before.</param>
/// <param name="OnlyEscalating">Those of which much more failed in the last hour than before, as <see cref="GroupTrend.IsEscalating"/> says.</param>
public sealed record GroupFilter(
    Guid? SyncId = null, FailureCause? Cause = null, GroupState? State = null, bool AnyState = false, bool OnlyNew = false, bool OnlyRegressed = false, string Owner = "", string Text = "",
    Guid? Pattern = null, FailureGroup? Like = null, string Tag = "", bool OnlyEscalating = false,
    DateTimeOffset? From = null, DateTimeOffset? To = null)
{
    public const string AnyStateInAddress = "any";
    public const string Nobody = "none";

    /// <summary>Only these, found by what stands in the records of their letters; null for all.</summary>
    public IReadOnlyList<Guid>? Among { get; init; }

    public bool IsEmpty => this == new GroupFilter();

    internal const string Where = """
        g.tenant_id = any(@tenants) and g.merged_into is null
          and (@syncId::uuid is null or g.sync_id = @syncId)
          and (@cause::text is null or g.cause = @cause)
          and (@pattern::uuid is null or g.pattern = @pattern)
          and (@likePattern::uuid is null or (g.pattern <> @likePattern
               and (g.template = @likeTemplate or (g.cause = @likeCause and g.code = @likeCode and @likeCode <> ''))))
          and (@anyState or case when @state::text is null then g.state in ('Open', 'Acknowledged') and o.letters > 0 else g.state = @state end)
          and (not @onlyNew or g.first_seen > @newAfter)
          and (not @onlyRegressed or (g.regressed_at is not null and g.state in ('Open', 'Acknowledged')))
          and (not @onlyEscalating or (
               select count(*) filter (where e.last_failed_at >= @lastHour) >= 10
                  and count(*) filter (where e.last_failed_at >= @lastHour) * (@trendLength - 1) > 2 * count(*) filter (where e.last_failed_at < @lastHour)
               from dead_letter e where e.tenant_id = g.tenant_id and e.group_id = g.id and e.state = any(@allStates) and e.last_failed_at >= @trendFrom))
          and (@groups::uuid[] is null or g.id = any(@groups))
          and (@from::timestamptz is null or g.last_seen >= @from)
          and (@to::timestamptz is null or g.first_seen < @to)
          and (@tag = '' or @tag = any(g.tags))
          and (@owner = '' or g.owner is not distinct from nullif(@owner, 'none'))
          and (@text = '' or strpos(lower(g.title || ' ' || g.field || ' ' || g.code || ' ' || s.name), lower(@text)) > 0)
        """;

    internal DynamicParameters Parameters(IReadOnlyCollection<TenantId> tenants, DateTimeOffset now)
    {
        var parameters = new DynamicParameters();
        parameters.Add("tenants", tenants.Select(tenant => tenant.Value).ToArray());
        parameters.Add("syncId", SyncId);
        parameters.Add("cause", Cause?.ToString());
        parameters.Add("pattern", Pattern);
        parameters.Add("likePattern", Like?.Pattern);
        parameters.Add("likeTemplate", Like?.Template ?? "");
        parameters.Add("likeCause", Like?.Cause.ToString() ?? "");
        parameters.Add("likeCode", Like?.Code ?? "");
        parameters.Add("anyState", AnyState);
        parameters.Add("state", State?.ToString());
        parameters.Add("onlyNew", OnlyNew);
        parameters.Add("newAfter", now - FailureGroup.NewFor);
        parameters.Add("onlyRegressed", OnlyRegressed);
        parameters.Add("onlyEscalating", OnlyEscalating);
        parameters.Add("trendFrom", now.AddHours(-GroupTrend.Length));
        parameters.Add("lastHour", now.AddHours(-1));
        parameters.Add("trendLength", GroupTrend.Length);
        parameters.Add("allStates", Enum.GetNames<LetterState>());
        parameters.Add("groups", Among?.ToArray());
        parameters.Add("from", From);
        parameters.Add("to", To);
        parameters.Add("tag", Tag);
        parameters.Add("owner", Owner);
        parameters.Add("text", Text);
        return parameters;
    }
}
