namespace IntegrationConsole.Webhooks.Verification;

/// <summary>The headers of a delivery as they came, by name without regard to capitals.</summary>
public sealed class ReceivedHeaders(IReadOnlyDictionary<string, string> values)
{
    private readonly Dictionary<string, string> _values = new(values, StringComparer.OrdinalIgnoreCase);

    /// <summary>Empty for one that is not there.</summary>
    public string this[string name] => _values.GetValueOrDefault(name, "");
}
