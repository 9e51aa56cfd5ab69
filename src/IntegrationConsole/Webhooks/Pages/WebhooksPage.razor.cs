using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Webhooks.Pages;

public sealed partial class WebhooksPage(WebhookStore endpoints, WebhookFigures figures, DeliveryStore deliveries, ArrivalReaders readers)
{
    private IReadOnlyList<WebhookEndpoint> _endpoints = [];
    private IReadOnlyDictionary<Guid, WebhookActivity> _activity = new Dictionary<Guid, WebhookActivity>();
    private ILookup<Guid, ArrivalReader> _readers = Array.Empty<ArrivalReader>().ToLookup(_ => Guid.Empty);
    private Dictionary<Guid, int> _unread = [];

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var all = await endpoints.ListAsync(Id, Leaving);
        _activity = await figures.OfDayAsync(Id, Leaving);
        _readers = (await readers.ListAsync(Id, Leaving)).ToLookup(reader => reader.EndpointId);
        var unread = new Dictionary<Guid, int>();
        foreach (var endpoint in all)
        {
            unread[endpoint.Id] = await deliveries.CountBehindAsync(Id, endpoint.Id, UnreadDeliveries.ReadTo([.. _readers[endpoint.Id]]), UnreadDeliveries.Most, Leaving);
        }

        (_endpoints, _unread) = (all, unread);
    }

    private string AddressOf(WebhookEndpoint endpoint) => Navigation.ToAbsoluteUri(endpoint.Path).ToString();

    private string UnreadWords(WebhookEndpoint endpoint) => UnreadDeliveries.Words(_unread.GetValueOrDefault(endpoint.Id));

    private static string Shortened(string path) => $"{path[..(WebhookEndpoint.Root.Length + 6)]}…";
}
