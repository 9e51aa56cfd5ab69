using System.Net.Sockets;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The session of a run: opened when it is needed, replaced when it breaks. Whatever goes wrong outside comes out as a
/// <see cref="FailureException"/>, after it has been tried again where that makes sense. Every call is measured.
/// </summary>
internal sealed class ReconnectingSession(OpenConnection connection, PostgresDialer dialer, IdleSessions idle, Backoff backoff, CallMeter meter, CallGate gate) : IAsyncDisposable
{
    private PostgresSession? _session;
    private bool _hasFailed;

    public PostgresSettings Settings { get; } = connection.Read<PostgresSettings>();

    /// <summary>The outside system as sentences name it.</summary>
    public string What => Settings.Host;

    /// <summary>Its session is left to others at its end, where nothing went wrong in it.</summary>
    public bool LeavesItsSession { get; set; }

    public bool IsOpen => _session is { IsOpen: true };

    /// <param name="call">What to do; done again from the beginning when it failed for a reason that may pass.</param>
    /// <param name="mayRepeat">Asked before it is done again.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<T> CallAsync<T>(Func<PostgresSession, Task<T>> call, Func<bool> mayRepeat, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var pass = await gate.EnterAsync(connection, cancellationToken);
            var started = meter.Start();
            var isOpen = false;
            try
            {
                var session = await OpenAsync(cancellationToken);
                isOpen = true;
                var result = await call(session);
                meter.Record(connection, started, succeeded: true);
                await gate.LeaveAsync(pass, null);
                return result;
            }
            catch (Exception problem) when (problem is NpgsqlException or FailureException or IOException or SocketException or TimeoutException)
            {
                var failure = Explain(problem, What);
                meter.Record(connection, started, succeeded: failure.Cause.IsOfARecord || (isOpen && IsOurVerdict(problem, failure)));
                await gate.LeaveAsync(pass, isOpen && IsAnAnswer(problem, failure) ? null : failure);
                if (problem is not PostgresException)
                {
                    // The server's refusal ends a statement; anything else may have left the conversation half way.
                    await EndAsync();
                }

                _hasFailed = _session is not null;
                if (!IsWorthRepeating(failure) || !mayRepeat() || !await backoff.WaitAsync(failure, attempt, cancellationToken))
                {
                    throw new FailureException(failure, problem);
                }
            }
            catch
            {
                _hasFailed = true;
                await gate.AbandonAsync(pass);
                throw;
            }
        }
    }

    public Task<T> CallAsync<T>(Func<PostgresSession, Task<T>> call, CancellationToken cancellationToken) => CallAsync(call, () => true, cancellationToken);

    /// <summary>With the server's own words, which may repeat values, where they are kept sealed.</summary>
    public static Failure Explain(Exception problem, string what)
    {
        var failure = FailureClassifier.Classify(problem, what);
        return problem is PostgresException refused && failure.Answer.Length == 0 ? failure with { Answer = refused.MessageText } : failure;
    }

    public ValueTask DisposeAsync()
    {
        if (!LeavesItsSession || _hasFailed || _session is not { } session)
        {
            return EndAsync();
        }

        _session = null;
        idle.Give(session);
        return ValueTask.CompletedTask;
    }

    private async ValueTask EndAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await session.DisposeAsync();
        }
    }

    /// <summary>The system answered, and by its answer we say that what people set up does not fit: the call itself went well.</summary>
    private static bool IsOurVerdict(Exception problem, Failure failure) => problem is FailureException && !failure.Cause.IsTransient;

    /// <summary>A server that refuses a statement is there.</summary>
    private static bool IsAnAnswer(Exception problem, Failure failure) => !failure.Cause.IsTransient && problem is (PostgresException or FailureException);

    /// <summary>A statement that somebody ended, or a limit of its own, would end the same way again.</summary>
    private static bool IsWorthRepeating(Failure failure) => failure.IsRetryable && failure.Code != PostgresErrorCodes.QueryCanceled;

    private async Task<PostgresSession> OpenAsync(CancellationToken cancellationToken)
    {
        if (_session is { IsOpen: false })
        {
            await EndAsync();
        }

        return _session ??= await dialer.DialAsync(connection, Settings, idle, cancellationToken);
    }
}
