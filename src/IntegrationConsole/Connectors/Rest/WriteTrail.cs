namespace IntegrationConsole.Connectors.Rest;

/// <summary>Tells when a write has begun the last of its calls.</summary>
internal sealed class WriteTrail(TrailingWrites trailing) : IDisposable
{
    private bool _trails;

    /// <summary>The same calls, noticing the end of them.</summary>
    public IEnumerable<T> Follow<T>(IReadOnlyList<T> calls)
    {
        foreach (var call in calls)
        {
            yield return call;
        }

        _trails = true;
        trailing.Add();
    }

    public void Dispose()
    {
        if (_trails)
        {
            trailing.Remove();
        }
    }
}
