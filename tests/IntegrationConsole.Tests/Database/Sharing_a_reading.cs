using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Database;

public sealed class Sharing_a_reading : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly List<TaskCompletionSource<int>> _readings = [];
    private readonly SharedReading<string, int> _shared;

    public Sharing_a_reading() => _shared = new SharedReading<string, int>(_ =>
    {
        lock (_readings)
        {
            _readings.Add(new TaskCompletionSource<int>());
            _begun.Release();
            return _readings[^1].Task;
        }
    }, _clock);

    public void Dispose() => _begun.Dispose();

    [Fact]
    public async Task Whoever_asks_while_one_is_on_its_way_is_given_the_next_and_shares_it_with_all_others()
    {
        var first = _shared.AskAsync("a", default);
        await _begun.WaitAsync();
        Task<int>[] others = [.. Enumerable.Range(0, 50).Select(_ => _shared.AskAsync("a", default))];
        _readings[0].SetResult(1);
        Assert.Equal(1, await first);
        Assert.All(others, other => Assert.False(other.IsCompleted));

        await NextAsync();
        _readings[1].SetResult(2);

        Assert.All(await Task.WhenAll(others), answer => Assert.Equal(2, answer));
        Assert.Equal(2, _readings.Count);
    }

    [Fact]
    public async Task Those_who_ask_for_something_else_do_not_wait()
    {
        _ = _shared.AskAsync("a", default);
        await _begun.WaitAsync();
        var other = _shared.AskAsync("b", default);
        await _begun.WaitAsync();

        _readings[1].SetResult(7);

        Assert.Equal(7, await other);
    }

    [Fact]
    public async Task What_went_wrong_reaches_those_who_asked_and_the_next_are_answered()
    {
        var first = _shared.AskAsync("a", default);
        await _begun.WaitAsync();
        var second = _shared.AskAsync("a", default);
        _readings[0].SetException(new InvalidOperationException("gone"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);

        await NextAsync();
        _readings[1].SetResult(2);

        Assert.Equal(2, await second);
    }

    [Fact]
    public async Task Who_leaves_does_not_take_the_answer_away_from_the_others()
    {
        using var leaving = new CancellationTokenSource();
        var first = _shared.AskAsync("a", leaving.Token);
        await _begun.WaitAsync();
        var staying = _shared.AskAsync("a", default);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _readings[0].SetResult(1);

        await NextAsync();
        _readings[1].SetResult(2);

        Assert.Equal(2, await staying);
    }

    /// <summary>Lets the pause between two readings pass, which begins when the first of them has been answered.</summary>
    private async Task NextAsync()
    {
        while (!await _begun.WaitAsync(TimeSpan.FromMilliseconds(20)))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
