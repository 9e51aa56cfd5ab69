using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using Npgsql;

namespace IntegrationConsole.Connectors.Failures;

/// <summary>
/// The one place that knows what a status, an SQLSTATE, a socket error or an exception means: its cause, whether it is
/// worth trying again, and the sentence for the operator. Everybody else asks here.
/// </summary>
public static class FailureClassifier
{
    /// <param name="problem">What was caught at the border of a batch, a page or a test.</param>
    /// <param name="what">Names the outside system in the sentence, such as <c>shop.example</c>.</param>
    public static Failure Classify(Exception problem, string what) => problem switch
    {
        FailureException expected => expected.Failure,
        PostgresException refused => OfSqlState(refused, what),
        NpgsqlException { InnerException: { } inner } and not PostgresException => Classify(inner, what),
        NpgsqlException => new(FailureCause.TargetDown, $"{what} closed the connection.") { MayHaveHappened = true },
        HttpRequestException http => OfHttp(http, what),
        HttpIOException => new(FailureCause.TargetDown, $"{what} broke off in the middle of its answer.") { MayHaveHappened = true },
        AuthenticationException => new(FailureCause.TargetDown, $"The TLS connection to {what} failed: its certificate is not trusted, has expired or belongs to another name.", "tls") { IsRetryable = false },
        SocketException socket => OfSocket(socket, what),
        TimeoutException => new(FailureCause.Timeout, $"{what} did not answer in time.") { MayHaveHappened = true },
        OperationCanceledException { InnerException: TimeoutException } => new(FailureCause.Timeout, $"{what} did not answer in time.") { MayHaveHappened = true },
        JsonException => new(FailureCause.Malformed, $"{what} answered with something that is not valid JSON.", "json"),
        IOException { InnerException: SocketException inner } => OfSocket(inner, what),
        IOException => new(FailureCause.TargetDown, $"The connection to {what} broke.") { MayHaveHappened = true },
        _ => new(FailureCause.Bug, $"The console itself failed while working with {what} ({problem.GetType().Name}).", problem.GetType().Name),
    };

    /// <summary>What an HTTP status other than success means.</summary>
    public static Failure OfStatus(HttpStatusCode status, string what, TimeSpan? retryAfter = null)
    {
        var code = ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        var (cause, sentence) = (int)status switch
        {
            401 => (FailureCause.Auth, $"{what} does not accept the credential (401)."),
            403 => (FailureCause.Auth, $"{what} accepts the credential but does not allow this (403)."),
            404 => (FailureCause.ReferenceMissing, $"{what} does not know this address or record (404)."),
            405 => (FailureCause.Configuration, $"{what} does not allow this method at this address (405)."),
            406 or 415 => (FailureCause.Configuration, $"{what} does not take the format we send or ask for ({code})."),
            407 => (FailureCause.Configuration, $"A proxy before {what} asks for its own sign-in (407)."),
            408 => (FailureCause.Timeout, $"{what} gave up waiting for our request (408)."),
            409 => (FailureCause.Conflict, $"{what} says that this conflicts with what it has (409)."),
            410 => (FailureCause.ReferenceMissing, $"What was asked of {what} is gone (410)."),
            412 => (FailureCause.Conflict, $"{what} says that the record changed meanwhile (412)."),
            413 => (FailureCause.TooLarge, $"{what} says that this is too large (413)."),
            422 or 400 => (FailureCause.Validation, $"{what} does not accept the data ({code})."),
            423 => (FailureCause.Conflict, $"{what} says that the record is locked (423)."),
            425 => (FailureCause.TargetDown, $"{what} asks us to try again (425)."),
            429 => (FailureCause.RateLimit, $"{what} says that we call too often (429)."),
            431 => (FailureCause.Configuration, $"{what} says that our headers are too large (431)."),
            501 => (FailureCause.Configuration, $"{what} does not offer this (501)."),
            502 or 503 or 504 => (FailureCause.TargetDown, $"{what} is down or overloaded ({code})."),
            >= 500 => (FailureCause.TargetDown, $"{what} failed inside ({code})."),
            >= 300 and < 400 => (FailureCause.Configuration, $"{what} sends us to another address ({code}): correct the base address."),
            _ => (FailureCause.Unknown, $"{what} answered with status {code}."),
        };
        return new Failure(cause, sentence, code)
        {
            RetryAfter = retryAfter,
            MayHaveHappened = (int)status >= 500 && (int)status != 503,
        };
    }

    private static Failure OfHttp(HttpRequestException http, string what) => http.InnerException switch
    {
        FailureException expected => expected.Failure,
        AuthenticationException tls => Classify(tls, what),
        SocketException socket => OfSocket(socket, what),
        _ => http.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => new(FailureCause.TargetDown, $"The name of {what} cannot be resolved.", "dns"),
            HttpRequestError.ConnectionError => new(FailureCause.TargetDown, $"{what} cannot be reached."),
            HttpRequestError.SecureConnectionError => Classify(new AuthenticationException(), what),
            HttpRequestError.ResponseEnded => new(FailureCause.TargetDown, $"{what} closed the connection before it had answered.") { MayHaveHappened = true },
            HttpRequestError.HttpProtocolError => new(FailureCause.TargetDown, $"{what} broke off in the middle of the call.") { MayHaveHappened = true },
            HttpRequestError.InvalidResponse => new(FailureCause.Malformed, $"{what} does not answer in HTTP as it should.", "http") { MayHaveHappened = true },
            HttpRequestError.ConfigurationLimitExceeded => new(FailureCause.TooLarge, $"The headers of the answer of {what} are too large."),
            HttpRequestError.VersionNegotiationError => new(FailureCause.Configuration, $"{what} does not speak the HTTP version that the connection asks for."),
            _ => new(FailureCause.TargetDown, $"The connection to {what} broke.") { MayHaveHappened = true },
        },
    };

    private static Failure OfSocket(SocketException socket, string what) => socket.SocketErrorCode switch
    {
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => new(FailureCause.TargetDown, $"The name of {what} cannot be resolved.", "dns"),
        SocketError.ConnectionRefused => new(FailureCause.TargetDown, $"Nothing listens at {what}: the connection was refused.", "refused"),
        SocketError.TimedOut => new(FailureCause.Timeout, $"{what} did not answer in time.") { MayHaveHappened = true },
        SocketError.NetworkUnreachable or SocketError.HostUnreachable => new(FailureCause.TargetDown, $"There is no way to {what} from here.", "unreachable"),
        _ => new(FailureCause.TargetDown, $"The connection to {what} broke.") { MayHaveHappened = true },
    };

    /// <summary>Reads the SQLSTATE and the names in the error, never its text: that repeats values.</summary>
    private static Failure OfSqlState(PostgresException refused, string what)
    {
        var column = refused.ColumnName ?? "";
        var constraint = refused.ConstraintName ?? "";
        var state = refused.SqlState;
        var (cause, sentence) = state switch
        {
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => (FailureCause.Auth, $"{what} does not accept the login."),
            PostgresErrorCodes.InsufficientPrivilege => (FailureCause.Auth, $"The login may not do this in {what}{About(refused)}."),
            PostgresErrorCodes.InvalidCatalogName => (FailureCause.Configuration, $"{what} has no database of this name."),
            PostgresErrorCodes.UndefinedTable => (FailureCause.SchemaChange, $"The table does not exist in {what}."),
            PostgresErrorCodes.UndefinedColumn => (FailureCause.SchemaChange, $"A column that is written or read does not exist in {what}."),
            PostgresErrorCodes.StringDataRightTruncation => (FailureCause.Validation, "A value is longer than its column allows."),
            PostgresErrorCodes.NumericValueOutOfRange => (FailureCause.Validation, "A number is outside the range of its column."),
            PostgresErrorCodes.NotNullViolation => (FailureCause.Validation, $"The column {column} needs a value."),
            PostgresErrorCodes.UniqueViolation => (FailureCause.Conflict, $"Another row already has this value (constraint {constraint})."),
            PostgresErrorCodes.ExclusionViolation => (FailureCause.Conflict, $"The row overlaps with another one (constraint {constraint})."),
            PostgresErrorCodes.ForeignKeyViolation => (FailureCause.ReferenceMissing, $"The row that this one refers to does not exist (constraint {constraint})."),
            PostgresErrorCodes.CheckViolation => (FailureCause.Validation, $"The row breaks a rule of its table (constraint {constraint})."),
            PostgresErrorCodes.RaiseException => (FailureCause.Validation, $"A rule that {what} itself checks (a trigger) refused the row."),
            PostgresErrorCodes.FeatureNotSupported => (FailureCause.Configuration, $"{what} cannot do this with this table or query."),
            PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable => (FailureCause.Conflict, $"{what} was busy with the same rows."),
            PostgresErrorCodes.QueryCanceled => (FailureCause.Timeout, $"{what} took too long and the statement was cancelled."),
            PostgresErrorCodes.SyntaxError => (FailureCause.Configuration, "The query is not valid SQL."),
            PostgresErrorCodes.ReadOnlySqlTransaction => (FailureCause.Configuration, $"{what} is read-only."),
            PostgresErrorCodes.ObjectInUse => (FailureCause.TargetDown, $"What is needed in {what} is in use by another connection."),
            PostgresErrorCodes.TooManyConnections => (FailureCause.TargetDown, $"{what} has no connection left."),
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.OutOfMemory => (FailureCause.TargetDown, $"{what} is out of disk or memory."),
            _ when state.StartsWith("22", StringComparison.Ordinal) => (FailureCause.Validation, $"A value does not fit the type of its column{(column.Length > 0 ? $" {column}" : "")}."),
            _ when state.StartsWith("23", StringComparison.Ordinal) => (FailureCause.Validation, $"The row breaks a rule of its table (constraint {constraint})."),
            _ when state.StartsWith("28", StringComparison.Ordinal) => (FailureCause.Auth, $"{what} does not accept the login."),
            _ when state.StartsWith("42", StringComparison.Ordinal) => (FailureCause.Configuration, $"The statement does not fit the tables of {what}."),
            _ when state.StartsWith("08", StringComparison.Ordinal) || state.StartsWith("57P", StringComparison.Ordinal) || state.StartsWith("53", StringComparison.Ordinal)
                => (FailureCause.TargetDown, $"{what} is stopping, starting or overloaded."),
            _ => (FailureCause.Unknown, $"{what} refused with SQLSTATE {state}."),
        };
        var busy = state is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.LockNotAvailable;
        var failure = new Failure(cause, sentence, state, column);
        return busy ? failure with { IsRetryable = true } : failure;
    }

    private static string About(PostgresException refused) => refused.TableName is { Length: > 0 } table ? $" (table {table})" : "";
}
