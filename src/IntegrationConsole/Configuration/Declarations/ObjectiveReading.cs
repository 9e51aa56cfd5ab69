using System.Globalization;
using System.Text.Json.Nodes;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Reads and writes what an integration of a file promises.</summary>
internal static class ObjectiveReading
{
    private static readonly string[] Keys = ["delivery", "freshness", "latencySeconds", "critical", "impact"];

    /// <summary>Nothing said means nothing promised.</summary>
    public static Objective Read(Section integration)
    {
        if (integration.Below("objectives", Keys) is not { } section)
        {
            return Objective.None;
        }

        var objective = ObjectiveRules.Plain(new Objective(
            Share(section, "delivery"), Share(section, "freshness"),
            section.Number("latencySeconds", 1, (int)ObjectiveRules.LongestLatency.TotalSeconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : null, Impacts(section), section.Flag("critical") ?? true));
        foreach (var (member, sentence) in ObjectiveRules.Check(objective))
        {
            section.Refuse(member.ToLowerInvariant(), sentence);
        }

        return objective;
    }

    /// <returns>Null where it promises nothing.</returns>
    public static JsonObject? Tree(Objective objective) => TenantExport.Compact(
        ("delivery", Percent(objective.Delivery)), ("freshness", Percent(objective.Freshness)), ("latencySeconds", objective.Latency is { } latency ? JsonValue.Create((int)latency.TotalSeconds) : null),
        ("critical", objective.IsCritical ? null : JsonValue.Create(false)),
        ("impact", new JsonObject(objective.Impacts.OrderBy(pair => pair.Key).Select(pair => KeyValuePair.Create(pair.Key.Code, (JsonNode?)JsonValue.Create(Section.WordOf(pair.Value)))))));

    private static JsonValue? Percent(double? share) => share is { } known ? JsonValue.Create(Math.Round((decimal)known * 100, 6)) : null;

    private static double? Share(Section section, string name)
    {
        if (section.Text(name) is not { } text)
        {
            return null;
        }

        if (double.TryParse(text.TrimEnd('%').Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent))
        {
            return percent / 100;
        }

        section.Refuse(name, "A share in percent is expected here, such as 99.5.");
        return null;
    }

    private static Dictionary<HealthSide, Impact> Impacts(Section section)
    {
        var impacts = new Dictionary<HealthSide, Impact>();
        if (section.Below("impact", [.. HealthSides.All.Select(side => side.Code)]) is { } below)
        {
            foreach (var side in HealthSides.All.Where(side => below.Has(side.Code)))
            {
                impacts[side] = below.Choice(side.Code, side.UsualImpact);
            }
        }

        return impacts;
    }
}
