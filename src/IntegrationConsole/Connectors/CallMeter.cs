using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IntegrationConsole.Connectors;

/// <summary>Measures every call to an outside system but those that people make to try something out. Health listens to the instrument; nobody here knows it.</summary>
public sealed class CallMeter(TimeProvider clock)
{
    public const string MeterName = "IntegrationConsole";
    public const string Instrument = "intconsole.connection.call.duration";

    public const string ReplayInstrument = "intconsole.connection.replay_calls";

    private static readonly Meter Meter = new(MeterName);
    private static readonly Histogram<double> Durations = Meter.CreateHistogram<double>(Instrument, "s", "Time an outside system takes to answer a call");

    private static readonly Counter<long> Replays = Meter.CreateCounter<long>(ReplayInstrument, null, "Calls to an outside system that were made for replays");

    public long Start() => clock.GetTimestamp();

    /// <param name="connection">Whose call it was.</param>
    /// <param name="started">What <see cref="Start"/> gave.</param>
    /// <param name="succeeded">Whether the outside system did what it was asked.</param>
    public void Record(OpenConnection connection, long started, bool succeeded)
    {
        if (connection.IsTrial)
        {
            return;
        }

        var tags = new TagList
        {
            { "tenant", connection.Tenant.Value },
            { "connection", connection.Id },
            { "succeeded", succeeded },
        };
        Durations.Record(clock.GetElapsedTime(started).TotalSeconds, tags);
        if (connection.IsReplay)
        {
            Replays.Add(1, new TagList { { "tenant", connection.Tenant.Value }, { "connection", connection.Id } });
        }
    }
}
