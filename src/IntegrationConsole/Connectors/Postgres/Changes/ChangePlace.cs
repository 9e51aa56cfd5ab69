using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Failures;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>Where a change stream stands, as its checkpoint keeps it.</summary>
/// <param name="Lsn">The place in the server's log up to which all transactions are behind.</param>
internal sealed record ChangePlace(string Lsn)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault };

    /// <summary>The transaction in which it stands, by the place of its commit; null between two.</summary>
    public string? Inside { get; init; }

    /// <summary>How many changes of that one are behind: it comes again from its beginning.</summary>
    public long Done { get; init; }

    /// <summary>While everything is read for the first time: when that began.</summary>
    public DateTimeOffset? ReadSince { get; init; }

    /// <summary>And behind which row of it; null at its beginning.</summary>
    public string? Page { get; init; }

    [JsonIgnore]
    public NpgsqlLogSequenceNumber Behind => NpgsqlLogSequenceNumber.Parse(Lsn);

    /// <exception cref="FailureException">It is the checkpoint of another way to read.</exception>
    public static ChangePlace Parse(string checkpoint, string stream)
    {
        try
        {
            if (JsonSerializer.Deserialize<ChangePlace>(checkpoint, Json) is { Lsn: not null } place && NpgsqlLogSequenceNumber.TryParse(place.Lsn, out _))
            {
                return place;
            }
        }
        catch (JsonException)
        {
            // Said below, together with what is an object but not ours.
        }

        throw Misplaced($"The place where the run stopped is not one of a change stream of {stream}");
    }

    public string Write() => JsonSerializer.Serialize(this, Json);

    /// <summary>There is no way on from here: only a first read can go.</summary>
    public static FailureException Misplaced(string what) => new(new Failure(
        FailureCause.Configuration, $"{what}. Start a run: it begins with reading everything.", ReadRequest.MisplacedCode));
}
