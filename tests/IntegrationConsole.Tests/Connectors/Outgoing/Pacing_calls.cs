using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Outgoing;

public sealed class Pacing_calls
{
    private static readonly Failure Overloaded = new(FailureCause.TargetDown, "erp is down or overloaded (503).", "503");
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task An_overload_halves_the_calls_at_the_same_time_once_and_success_brings_them_back()
    {
        var pace = new CallPace(_clock);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => pace.EnterAsync(default)));

        for (var call = 0; call < 16; call++)
        {
            pace.Leave(Overloaded);
        }

        var halved = pace.Limit;
        for (var call = 0; call < 100; call++)
        {
            await pace.EnterAsync(default);
            pace.Leave(null);
        }

        Assert.Equal(8, halved);
        Assert.InRange(pace.Limit, 14, 18);
    }

    [Fact]
    public async Task However_bad_it_is_one_call_goes_and_the_next_waits_for_it()
    {
        var pace = new CallPace(_clock);
        for (var call = 0; call < 10; call++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            await pace.EnterAsync(default);
            pace.Leave(Overloaded);
        }

        await pace.EnterAsync(default);
        var second = pace.EnterAsync(default);
        using var tired = new CancellationTokenSource();
        var third = pace.EnterAsync(tired.Token);
        await tired.CancelAsync();

        Assert.False(second.IsCompleted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => third);
        pace.GiveBack();
        await second;
        Assert.Equal(1, pace.Limit);
    }
}
