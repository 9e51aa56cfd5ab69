using IntegrationConsole.Health.Evaluation;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>
/// The addresses that people know instead of the ids under which things are measured. What has no name, because it was
/// deleted or has not been looked at yet, is not shown.
/// </summary>
internal sealed class ObjectNames
{
    private readonly Dictionary<(string Label, Guid Id), string> _names = [];

    public ObjectNames(LatestHealth latest)
    {
        foreach (var tenant in latest.Known.Values)
        {
            _names[("tenant", tenant.Facts.Id.Value)] = tenant.Facts.Slug;
            foreach (var sync in tenant.Syncs)
            {
                _names[("integration", sync.Facts.Id)] = sync.Facts.Slug;
            }

            foreach (var connection in tenant.Connections)
            {
                _names[("connection", connection.Facts.Id)] = connection.Facts.Name;
            }
        }
    }

    /// <returns>Null for an id without a name.</returns>
    public string? Of(string label, object? value) => value switch
    {
        Guid id => _names.GetValueOrDefault((label, id)),
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "",
    };
}
