using IntegrationConsole.Access;
using IntegrationConsole.Webhooks.Deliveries;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Webhooks.Pages;

/// <summary>The deliveries of an endpoint, and what one of them holds for those who may see records.</summary>
public sealed partial class DeliveryTable(DeliveryStore deliveries, AuditTrail audit)
{
    private const int Shown = 20;
    private const int LongestId = 36;

    private IReadOnlyList<Delivery> _deliveries = [];
    private DeliveryContent? _content;
    private long? _shown;
    private long? _before;
    private long? _next;
    private Guid _endpoint;

    [Parameter, EditorRequired]
    public required Guid EndpointId { get; set; }

    /// <summary>The last delivery that everybody has read.</summary>
    [Parameter]
    public long ReadTo { get; set; }

    [Parameter]
    public bool HasReaders { get; set; }

    protected override Task OnParametersSetAsync()
    {
        var isOther = _endpoint != EndpointId;
        _endpoint = EndpointId;
        return isOther ? LoadAsync(FetchAsync) : Task.CompletedTask;
    }

    private async Task FetchAsync()
    {
        var rows = await deliveries.ListAsync(Id, EndpointId, _before, Shown + 1, Leaving);
        _next = rows.Count > Shown ? rows[Shown - 1].Seq : null;
        _deliveries = [.. rows.Take(Shown)];
    }

    private Task GoAsync(long? before)
    {
        (_before, _shown, _content) = (before, null, null);
        return LoadAsync(FetchAsync);
    }

    private string StateOf(Delivery delivery) => delivery.Trial ? "Test" : !HasReaders ? "No reader yet" : delivery.Seq <= ReadTo ? "Read" : "Waits";

    private static string Shortened(string id) => id.Length > LongestId ? $"{id[..LongestId]}…" : id;

    private Task ShowAsync(Delivery delivery)
    {
        if (_shown == delivery.Seq)
        {
            (_shown, _content) = (null, null);
            return Task.CompletedTask;
        }

        return ActAsync(Permission.ViewPayload, "look at a webhook delivery", async actor =>
        {
            var opened = await deliveries.OpenAsync(Id, EndpointId, delivery.Seq, delivery.Seq, Leaving);
            await audit.RecordAsync(Id, actor, new AuditEvent("reveal", "webhook delivery", delivery.Id.ToString(), delivery.DeliveryId), Leaving);
            (_shown, _content) = (delivery.Seq, opened.GetValueOrDefault(delivery.Id));
        });
    }
}
