using System.Threading.Channels;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace IntegrationConsole.Tests.Database;

public sealed class Making_rounds
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_round_that_fails_is_told_and_the_next_one_is_made_in_its_time(bool atOnce)
    {
        var log = new CapturedLog();
        var clock = new ManualClock();
        var work = new Work();
        var services = new ServiceCollection().AddSingleton<TimeProvider>(clock).AddSingleton(work).AddRounds<Work>("Sweeping", Minute, (sweeper, stopping) => sweeper.SweepAsync(stopping), atOnce);
        log.AddTo(services);
        await using var provider = services.BuildServiceProvider();
        using var rounds = (BackgroundService)Assert.Single(provider.GetServices<IHostedService>());
        var told = log.NextAsync("Sweeping failed; trying again in 00:01:00");

        await rounds.StartAsync(default);
        Assert.Equal(1, await (atOnce ? work.NextAsync() : InTimeAsync(work, clock)));
        await told.WaitAsync(Patience);
        Assert.Equal(2, await InTimeAsync(work, clock));
        await rounds.StopAsync(default);

        Assert.True(rounds.ExecuteTask!.IsCompleted);
        Assert.Contains(log.Lines, line => line.Contains("the first round breaks", StringComparison.Ordinal));
    }

    /// <summary>Minutes go by until a round is made.</summary>
    private static async Task<int> InTimeAsync(Work work, ManualClock clock)
    {
        var next = work.NextAsync();
        while (!next.IsCompleted)
        {
            clock.Advance(Minute);
            await Task.Yield();
        }

        return await next;
    }

    /// <summary>Fails in its first round only.</summary>
    private sealed class Work
    {
        private readonly Channel<int> _rounds = Channel.CreateUnbounded<int>();
        private int _count;

        public Task SweepAsync(CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _rounds.Writer.TryWrite(++_count);
            return _count == 1 ? Task.FromException(new InvalidOperationException("the first round breaks")) : Task.CompletedTask;
        }

        public Task<int> NextAsync() => _rounds.Reader.ReadAsync().AsTask().WaitAsync(Patience);
    }
}
