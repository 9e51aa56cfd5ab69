namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>When an answer asks us to come back.</summary>
internal static class RetryAfter
{
    /// <returns>How long from now, never less than nothing; null where it does not ask.</returns>
    public static TimeSpan? Of(HttpResponseMessage response, TimeProvider clock)
    {
        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - clock.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
