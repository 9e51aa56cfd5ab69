using System.Diagnostics;

namespace IntegrationConsole.Tests.Support;

/// <summary>How many statements whoever made it sends to a database, by what the driver tells of each.</summary>
internal sealed class StatementCount : IDisposable
{
    private readonly Activity _work = new Activity("counted work").SetIdFormat(ActivityIdFormat.W3C).Start();
    private readonly ActivityListener _listener;
    private int _count;

    public StatementCount()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref options) => options.Parent.TraceId == _work.TraceId ? ActivitySamplingResult.AllData : ActivitySamplingResult.None,
            ActivityStopped = statement => _count += statement.TraceId == _work.TraceId ? 1 : 0,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public int Value => _count;

    public void Dispose()
    {
        _listener.Dispose();
        _work.Dispose();
    }
}
