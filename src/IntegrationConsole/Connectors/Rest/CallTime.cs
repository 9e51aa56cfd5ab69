namespace IntegrationConsole.Connectors.Rest;

/// <summary>
/// The time of one call, from the moment at which it is let through: what waits for a budget, a quota or a circuit is not
/// the outside system's time, and a call that was never made is none that failed.
/// </summary>
internal sealed class CallTime(CallMeter meter, OpenConnection connection)
{
    private long? _started;
    private long _answered;

    public void Begin() => (_started, _answered) = (meter.Start(), 0);

    /// <summary>The answer came; what is done with it from here on is not the outside system's time.</summary>
    public void Answer() => _answered = meter.Start();

    public void End(bool succeeded)
    {
        if (_started is { } started)
        {
            meter.Record(connection, _answered == 0 ? started : started + meter.Start() - _answered, succeeded);
            _started = null;
        }
    }
}
