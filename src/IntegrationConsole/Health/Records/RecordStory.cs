using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Health.Records;

/// <summary>One thing that happened to a record.</summary>
/// <param name="Integration">By name; the webhook endpoint for what it received.</param>
/// <param name="Slug">The integration's part of the address; empty where it is none.</param>
/// <param name="Words">What happened, without any value of the record.</param>
/// <param name="Actor">Who or what did it.</param>
/// <param name="Path">Where more stands, below the tenant; empty where nothing does.</param>
public sealed record RecordEvent(DateTimeOffset At, string Integration, string Slug, string Words, string Actor, string Path, Tone Tone);

/// <summary>A letter that was found by the beginning of its key.</summary>
public sealed record FoundLetter(TenantId TenantId, Guid Id, string RecordKey, LetterState State, string SyncName)
{
    public string KeyText => RecordKey.Replace(MappingPlan.KeySeparator.ToString(), " · ", StringComparison.Ordinal);
}

/// <summary>A letter of the record that somebody has to decide about.</summary>
public sealed record OpenLetter(Guid Id, string Integration, string State, string Cause, string Message);

/// <summary>An integration, and when it last came to its end: what it wrote without trouble leaves no trace of single records.</summary>
public sealed record Carrier(string Name, string Slug, DateTimeOffset? LastGood);

/// <summary>All that is known of one record by its business key, over all integrations of a tenant.</summary>
/// <param name="Key">As it was asked for.</param>
/// <param name="Events">The latest first.</param>
/// <param name="IsCut">There is more than is shown.</param>
/// <param name="Silent">The integrations that know nothing of it.</param>
public sealed record RecordStory(string Key, IReadOnlyList<RecordEvent> Events, bool IsCut, IReadOnlyList<OpenLetter> Open, IReadOnlyList<Carrier> Silent)
{
    /// <summary>With the deliveries in which the key stands, which came before anything else was known of it.</summary>
    public RecordStory With(FoundDeliveries deliveries) => this with
    {
        Events =
        [
            .. Events.Concat(deliveries.Found.Select(found => new RecordEvent(
                found.Delivery.ReceivedAt, found.Endpoint.Name, "", $"Received as webhook delivery {found.Delivery.DeliveryId}{(found.Delivery.Trial ? ", a trial" : "")}", "",
                $"webhooks/{found.Endpoint.Id}", Tone.Info))).OrderByDescending(one => one.At),
        ],
    };
}
