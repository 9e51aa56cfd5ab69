using System.Net;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Whose sessions may stand in for each other: the same tenant, connection, settings and login.</summary>
internal sealed record SessionDoor(TenantId Tenant, Guid Connection, string Settings, DatabaseLogin Login);

/// <summary>
/// Sessions that went well and that nobody needs just now. Signing in takes a small run longer than its rows do, so the
/// next one of the same connection and login goes on with them, at an address that the guard has judged anew. A login
/// that changed finds none, and what is not taken within seconds ends.
/// </summary>
internal sealed class IdleSessions : IDisposable
{
    /// <summary>How long a customer's server sees a session of ours that does nothing.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    /// <summary>A session that is never idle ends at last: what the server keeps for it grows.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    private const int MostOfOne = 8;

    private readonly Lock _lock = new();
    private readonly Dictionary<SessionDoor, Stack<(PostgresSession Session, long Since)>> _idle = [];
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private bool _isOver;

    public IdleSessions(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => EndOld(), null, Rest, Rest / 2);
    }

    /// <summary>One that answers and has forgotten whom it served; null where there is none.</summary>
    public async Task<PostgresSession?> TakeAsync(SessionDoor door, IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        while (Pop(door) is { } session)
        {
            if (addresses.Contains(session.Address) && await IsReadyAsync(session, cancellationToken))
            {
                return session;
            }

            session.Dispose();
        }

        return null;
    }

    /// <summary>Keeps a session for the next one, or ends it where there are enough.</summary>
    public void Give(PostgresSession session)
    {
        lock (_lock)
        {
            var isYoung = _clock.GetElapsedTime(session.Opened) < Longest;
            if (!_isOver && isYoung && session is { Door: { } door, IsAtRest: true })
            {
                if (!_idle.TryGetValue(door, out var stack))
                {
                    _idle[door] = stack = new();
                }

                if (stack.Count < MostOfOne)
                {
                    stack.Push((session, _clock.GetTimestamp()));
                    return;
                }
            }
        }

        session.Dispose();
    }

    public void Dispose()
    {
        _timer.Dispose();
        _isOver = true;
        EndOld();
    }

    private PostgresSession? Pop(SessionDoor door)
    {
        lock (_lock)
        {
            return _idle.TryGetValue(door, out var stack) && stack.TryPop(out var idle) ? idle.Session : null;
        }
    }

    private static async Task<bool> IsReadyAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.ForgetAsync(cancellationToken);
            return true;
        }
        catch (Exception gone) when (gone is NpgsqlException or IOException)
        {
            // The server has ended it meanwhile: another one is opened, which says what there is to say.
            return false;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private void EndOld()
    {
        var old = new List<PostgresSession>();
        lock (_lock)
        {
            foreach (var (door, stack) in _idle.ToList())
            {
                var kept = stack.Where(idle => !_isOver && _clock.GetElapsedTime(idle.Since) < Rest).Reverse().ToList();
                old.AddRange(stack.Select(idle => idle.Session).Except(kept.Select(idle => idle.Session)));
                if (kept.Count == 0)
                {
                    _idle.Remove(door);
                }
                else
                {
                    _idle[door] = new(kept);
                }
            }
        }

        old.ForEach(session => session.Dispose());
    }
}
