using System.Globalization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>Why a circuit opens.</summary>
/// <param name="Until">When the system asked to be called again; null where it did not ask.</param>
public sealed record CircuitTrip(string Reason, FailureCause Cause, DateTimeOffset? Until);

/// <summary>Counts what one node's calls over one connection come to, second by second. Used by several calls at once.</summary>
/// <param name="thresholds">Those in force, asked for at each failure.</param>
internal sealed class CircuitCounter(Func<CircuitOptions> thresholds)
{
    private static readonly int Seconds = (int)CircuitOptions.Window.TotalSeconds;

    private readonly Lock _gate = new();
    private readonly Second[] _seconds = new Second[Seconds];
    private int _failuresInARow;
    private int _refusalsInARow;
    private DateTimeOffset _rowSince;
    private string _lastFailure = "";

    /// <returns>Why the circuit should open; null when it should not.</returns>
    public CircuitTrip? Count(CallSign sign, Failure? failure, DateTimeOffset now)
    {
        lock (_gate)
        {
            _lastFailure = failure?.Sentence ?? _lastFailure;
            return sign switch
            {
                CallSign.Well => Well(now),
                CallSign.Stumbled => Overall(failure!, now),
                CallSign.Down => Down(failure!, now),
                CallSign.Refused => Refused(failure!),
                CallSign.Away => new CircuitTrip($"{failure!.Sentence} It asks to be left alone for a while.", failure.Cause, now + failure.RetryAfter),
                CallSign.None => null,
            };
        }
    }

    /// <summary>What the last minute's calls came to.</summary>
    public (int Calls, int Failures, string LastFailure) Sum(DateTimeOffset now)
    {
        lock (_gate)
        {
            var (calls, failures) = LastMinute(now);
            failures = Math.Max(failures, Math.Max(_failuresInARow, _refusalsInARow));
            return (Math.Max(calls, failures), failures, failures > 0 ? _lastFailure : "");
        }
    }

    public void Forget()
    {
        lock (_gate)
        {
            Array.Clear(_seconds);
            (_failuresInARow, _refusalsInARow, _lastFailure) = (0, 0, "");
        }
    }

    private CircuitTrip? Well(DateTimeOffset now)
    {
        Add(now, failed: false);
        (_failuresInARow, _refusalsInARow) = (0, 0);
        return null;
    }

    private CircuitTrip? Down(Failure failure, DateTimeOffset now)
    {
        _rowSince = _failuresInARow == 0 ? now : _rowSince;
        _failuresInARow++;
        var isRow = _failuresInARow >= thresholds().FailuresInARow && now - _rowSince >= CircuitOptions.ShortestRow;
        return Overall(failure, now) ?? (isRow ? new CircuitTrip($"{_failuresInARow} calls failed in a row; the last: {failure.Sentence}", failure.Cause, null) : null);
    }

    private CircuitTrip? Refused(Failure failure) => ++_refusalsInARow < thresholds().RefusalsInARow ? null
        : new CircuitTrip($"The sign-in was refused {_refusalsInARow} times in a row; the last: {failure.Sentence}", failure.Cause, null);

    private CircuitTrip? Overall(Failure failure, DateTimeOffset now)
    {
        Add(now, failed: true);
        var options = thresholds();
        var (calls, failures) = LastMinute(now);
        return calls >= options.FewestCalls && failures >= calls * options.FailureShare
            ? new CircuitTrip(string.Create(CultureInfo.InvariantCulture, $"{failures:N0} of {calls:N0} calls failed in {Seconds} s; the last: {failure.Sentence}"), failure.Cause, null)
            : null;
    }

    private (int Calls, int Failures) LastMinute(DateTimeOffset now)
    {
        var oldest = now.ToUnixTimeSeconds() - Seconds;
        var (calls, failures) = (0, 0);
        foreach (var second in _seconds)
        {
            if (second.Number > oldest)
            {
                calls += second.Calls;
                failures += second.Failures;
            }
        }

        return (calls, failures);
    }

    private void Add(DateTimeOffset now, bool failed)
    {
        var number = now.ToUnixTimeSeconds();
        ref var second = ref _seconds[number % Seconds];
        if (second.Number != number)
        {
            second = new Second { Number = number };
        }

        second.Calls++;
        second.Failures += failed ? 1 : 0;
    }

    private struct Second
    {
        public long Number;
        public int Calls;
        public int Failures;
    }
}
